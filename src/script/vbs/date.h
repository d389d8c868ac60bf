/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates as the language's functions want them, over the calendar of com/date.h: whole seconds.
 */
#pragma once

#include "com/date.h"

/* The day number of a date, its time part as seconds after midnight, and back. */
void vbs_date_to_seconds(double date, int64_t *ret_days, int *ret_seconds);
double vbs_date_from_seconds(int64_t days, int64_t seconds);
/* Months and days outside their range carry over, as DateSerial does. False outside the years. */
bool vbs_date_join(long year, long month, long day, double *ret);
