/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates in seconds (date.h). Pure.
 */
#include "script/vbs/date.h"

#include <math.h>

void vbs_date_to_seconds(double date, int64_t *ret_days, int *ret_seconds)
{
	double whole = trunc(date);
	int seconds = (int)floor(fabs(date - whole) * 86400 + 0.5);

	*ret_days = (int64_t)whole;
	if (seconds >= 86400) {
		seconds -= 86400;
		*ret_days += 1;
	}
	*ret_seconds = seconds;
}

double vbs_date_from_seconds(int64_t days, int64_t seconds)
{
	days += seconds / 86400;
	seconds %= 86400;
	if (seconds < 0) {
		seconds += 86400;
		days--;
	}
	return days >= 0 ? days + seconds / 86400.0 : days - seconds / 86400.0;
}

bool vbs_date_join(long year, long month, long day, double *ret)
{
	struct date_civil c = { .year = (int)year, .month = (int)month, .day = (int)day };

	if (year < -20000 || year > 20000 || month < -400000 || month > 400000 || day < -9000000 ||
	    day > 9000000)
		return false;
	return date_from_civil(&c, ret);
}
