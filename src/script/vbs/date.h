/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates: days since 1899-12-30 with the time of day as fraction ([MS-OAUT] 2.2.25), in the years
 * 100 to 9999. The fraction of a date before 1899 counts away from zero. en-US texts.
 */
#pragma once

#include <surrogate/com.h>

struct vbs_date {
	int year, month, day, hour, minute, second;
	int weekday; /* 1: Sunday */
	int yearday; /* 1: January 1 */
};

bool vbs_date_valid(double date);
void vbs_date_split(double date, struct vbs_date *ret);
/* Months and days outside their range carry over, as DateSerial does. False outside the years. */
bool vbs_date_join(long year, long month, long day, double *ret);
/* The day number of a date, its time part as seconds after midnight, and back. */
void vbs_date_to_seconds(double date, int64_t *ret_days, int *ret_seconds);
double vbs_date_from_seconds(int64_t days, int64_t seconds);
int vbs_date_month_days(int year, int month);

enum vbs_date_style {
	VBS_DATE_GENERAL, /* CStr: date, time, or both, as there are */
	VBS_DATE_LONG,
	VBS_DATE_SHORT,
	VBS_DATE_LONGTIME,
	VBS_DATE_SHORTTIME
};
#define VBS_DATE_SIZE 64
size_t vbs_date_format(double date, enum vbs_date_style style, char out[VBS_DATE_SIZE]);
/* "1/31/2026 13:00", "31 Jan 2026", "2026-01-31 1:05:09 PM", "10:30" ... */
bool vbs_date_parse(const OLECHAR *s, size_t length, double *ret);
/* Local time now. */
double vbs_date_now(void);

extern const char *const vbs_month_names[12], *const vbs_weekday_names[7];
