/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers from and to text (com/number.h). The text is outside input of any content and length.
 * Everything goes through a 128-bit decimal mantissa, so that integers, currency and DECIMAL are
 * exact and only reals are rounded, once. Pure; any thread.
 */
#include "com/number.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define MANTISSA_DIGITS 37 /* 10^37 < 2^126 */
#define EXPONENT_MAX 100000

typedef unsigned __int128 u128;

/* ---- text to number ---- */

struct scan {
	const OLECHAR *at, *end;
	const struct locale *locale;
	struct number *n;
	int digits; /* significant ones in the mantissa */
	bool any;   /* a digit was seen */
	bool sign, currency, parenthesis;
};

static OLECHAR peek(const struct scan *s)
{
	return s->at < s->end ? *s->at : 0;
}

static bool is_blank(OLECHAR c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x3000;
}

static bool is_digit(OLECHAR c)
{
	return c >= '0' && c <= '9';
}

static void add_digit(struct scan *s, unsigned digit, bool fraction)
{
	struct number *n = s->n;

	s->any = true;
	if (s->digits < MANTISSA_DIGITS) {
		n->mantissa = n->mantissa * 10 + digit;
		s->digits += s->digits || digit;
		n->exponent -= fraction;
		return;
	}
	/* No room: a lost digit that is not 0 makes an even-looking last digit look odd. */
	if (digit && (n->mantissa % 5) == 0)
		n->mantissa++;
	if (!fraction && n->exponent < EXPONENT_MAX)
		n->exponent++;
}

/* The currency symbol, taken when it is next. */
static bool scan_currency(struct scan *s)
{
	OLECHAR symbol[8];
	size_t n = utf8_to_utf16(text_of(s->locale->currency), symbol, 8);

	/* The yen sign has two code points; both are typed. */
	if (n == 1 && symbol[0] == 0xA5 && peek(s) == 0xFFE5)
		symbol[0] = 0xFFE5;
	if ((size_t)(s->end - s->at) < n || memcmp(s->at, symbol, n * sizeof *symbol) != 0)
		return false;
	s->at += n;
	return s->currency = true;
}

/* What may stand around the digits, each at most once. False at something else than a digit,
 * a point or the end. */
static bool scan_around(struct scan *s, bool behind)
{
	for (;; s->at++) {
		OLECHAR c = peek(s);

		while (s->at < s->end && !s->currency && scan_currency(s))
			c = peek(s);
		if (s->at == s->end)
			return true;
		if (is_blank(c))
			continue;
		if ((c == '+' || c == '-') && !s->sign && !s->parenthesis) {
			s->sign = true;
			s->n->negative = c == '-';
		} else if (c == '(' && !behind && !s->sign && !s->parenthesis) {
			s->parenthesis = s->n->negative = true;
		} else if (c == ')' && behind && s->parenthesis) {
			s->parenthesis = false;
		} else {
			return !behind && (is_digit(c) || c == (OLECHAR)s->locale->decimal);
		}
	}
}

/* Where groups are set apart by a no-break space, people type a blank; it counts before a digit
 * only, so that blanks behind the number stay blanks. */
static bool is_thousands(const struct scan *s)
{
	const struct locale *l = s->locale;
	OLECHAR c = peek(s);

	if (!s->any)
		return false;
	if (l->thousands == 0xA0 && (c == 0xA0 || c == 0x202F || c == ' '))
		return s->at + 1 < s->end && is_digit(s->at[1]);
	return c && (c == l->thousands || c == l->money_thousands);
}

static void scan_digits(struct scan *s)
{
	for (; is_digit(peek(s)) || is_thousands(s); s->at++)
		if (is_digit(peek(s)))
			add_digit(s, peek(s) - '0', false);
	if (peek(s) != (OLECHAR)s->locale->decimal)
		return;
	for (s->at++; is_digit(peek(s)); s->at++)
		add_digit(s, peek(s) - '0', true);
}

static bool scan_exponent(struct scan *s)
{
	int value = 0;
	bool negative = false, any = false;

	if ((peek(s) | 0x20) != 'e' && (peek(s) | 0x20) != 'd')
		return true;
	s->at++;
	if (peek(s) == '+' || peek(s) == '-')
		negative = *s->at++ == '-';
	for (; is_digit(peek(s)); s->at++, any = true)
		if (value < EXPONENT_MAX)
			value = value * 10 + (peek(s) - '0');
	s->n->exponent += negative ? -value : value;
	return any;
}

/* Behind the "&": H and hexadecimal digits, or O and octal ones; at most 64 bits. */
static bool scan_bits(struct scan *s)
{
	OLECHAR kind = peek(s) & ~0x20;
	unsigned shift = kind == 'H' ? 4 : 3;
	bool any = false;

	if (kind != 'H' && kind != 'O')
		return false;
	for (s->at++; s->at < s->end; s->at++, any = true) {
		OLECHAR c = *s->at;
		unsigned digit = is_digit(c)                              ? c - '0'
				 : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10u
									  : 16;

		if (digit >> shift)
			break;
		s->n->mantissa = s->n->mantissa << shift | digit;
		if (s->n->mantissa >> 64)
			return false;
	}
	if (any && peek(s) == '&') /* as a Long is marked in source */
		s->at++;
	while (is_blank(peek(s)))
		s->at++;
	s->n->bits = true;
	return any && s->at == s->end;
}

bool number_parse(const OLECHAR *units, size_t length, const struct locale *locale,
		  struct number *ret)
{
	struct number n = { 0 };
	struct scan s = { .locale = locale, .n = &n };

	if (!length) /* the empty text may be NULL */
		return false;
	s.at = units;
	s.end = units + length;
	while (is_blank(peek(&s)))
		s.at++;
	if (peek(&s) == '&') {
		s.at++;
		if (!scan_bits(&s))
			return false;
		*ret = n;
		return true;
	}
	if (!scan_around(&s, false))
		return false;
	scan_digits(&s);
	if (!s.any || !scan_exponent(&s))
		return false;
	if (!scan_around(&s, true) || s.parenthesis)
		return false;
	*ret = n;
	return true;
}

/* ---- number to number ---- */

static u128 power_of_ten(int n) /* 0..38 */
{
	u128 p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

static locale_t c_locale;

static void locale_make(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* strtod rounds correctly at any length; the locale of a host program must not matter. */
static double parse_double(const char *z)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, locale_make);
	return c_locale ? strtod_l(z, NULL, c_locale) : strtod(z, NULL);
}

static char *digits_of(u128 m, char *end)
{
	*--end = '\0';
	for (; m >> 64; m /= 10)
		*--end = (char)('0' + (int)(m % 10));
	/* Nearly every number begins here: dividing 128 bits is ten times slower. */
	uint64_t low = (uint64_t)m;

	do
		*--end = (char)('0' + (int)(low % 10));
	while (low /= 10);
	return end;
}

double number_to_double(const struct number *n)
{
	static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
				       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
				       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	double d;

	if (n->mantissa < ((u128)1 << 53) && n->exponent >= -22 && n->exponent <= 22) {
		/* Both are exact, so one operation rounds once. */
		d = (double)(uint64_t)n->mantissa;
		d = n->exponent < 0 ? d / tens[-n->exponent] : d * tens[n->exponent];
	} else {
		char digits[48], z[64];

		snprintf(z, sizeof z, "%se%d", digits_of(n->mantissa, digits + sizeof digits),
			 n->exponent);
		d = parse_double(z);
	}
	return n->negative ? -d : d;
}

/* Divides by ten to `power` (> 0), rounding halves to even. */
static u128 divide_round(u128 m, int power)
{
	if (power > 38)
		return 0;
	u128 by = power_of_ten(power), q = m / by, r = m % by, half = by / 2;

	return q + (r > half || (r == half && (q & 1)));
}

bool number_round(const struct number *n, int shift, __int128 *ret)
{
	int power = n->exponent + shift;
	u128 m = n->mantissa;

	if (power < 0) {
		m = divide_round(m, -power);
	} else if (m) {
		if (power > 37)
			return false;
		u128 by = power_of_ten(power);

		if (m > ((u128)1 << 126) / by)
			return false;
		m *= by;
	}
	if (m >> 126)
		return false;
	*ret = n->negative ? -(__int128)m : (__int128)m;
	return true;
}

bool number_to_decimal(const struct number *n, DECIMAL *ret)
{
	u128 m = n->mantissa;
	int exponent = n->exponent;

	for (; exponent > 0 && m && !(m >> 96); exponent--)
		m *= 10;
	/* The fewest places that must go: to a scale of 28, and to 96 bits. */
	int drop = exponent < -28 ? -28 - exponent : 0;
	u128 rounded = drop ? divide_round(m, drop) : m;

	while (rounded >> 96 && exponent + drop < 0)
		rounded = divide_round(m, ++drop);
	if (m && (rounded >> 96 || exponent > 0))
		return false;
	int scale = rounded ? -(exponent + drop) : 0;

	*ret = (DECIMAL){ .scale = (BYTE)(scale > 0 ? scale : 0),
			  .sign = n->negative && rounded ? 0x80 : 0,
			  .Hi32 = (uint32_t)(rounded >> 64),
			  .Lo64 = (uint64_t)rounded };
	return true;
}

void number_from_decimal(const DECIMAL *d, struct number *ret)
{
	*ret = (struct number){ .mantissa = (u128)d->Hi32 << 64 | d->Lo64,
				.exponent = -(int)(d->scale <= 28 ? d->scale : 28),
				.negative = d->sign & 0x80 };
}

/* ---- number to text ---- */

/* The significant digits of |d| without trailing zeros, and the exponent of the first one. */
static int real_digits(double d, int digits, char out[32], int *ret_exponent)
{
	char z[48];
	int count = 0, i = 0;

	snprintf(z, sizeof z, "%.*e", digits - 1, fabs(d));
	/* Whatever the locale puts for the point is skipped. */
	for (; z[i] && z[i] != 'e'; i++)
		if (is_digit((unsigned char)z[i]))
			out[count++] = z[i];
	*ret_exponent = z[i] ? atoi(z + i + 1) : 0;
	while (count > 1 && out[count - 1] == '0')
		count--;
	return count;
}

bool number_from_double(double d, int digits, struct number *ret)
{
	char text[32];
	int exponent;

	if (!isfinite(d))
		return false;
	int count = real_digits(d, digits, text, &exponent);
	struct number n = { .exponent = exponent - (count - 1), .negative = d < 0 };

	for (int i = 0; i < count; i++)
		n.mantissa = n.mantissa * 10 + (unsigned)(text[i] - '0');
	if (!n.mantissa)
		n.exponent = 0;
	*ret = n;
	return true;
}

static size_t format_plain(const char *digits, int count, int exponent, char point, char *out)
{
	char *p = out;

	if (exponent < 0) {
		*p++ = '0';
		*p++ = point;
		for (int i = -1; i > exponent; i--)
			*p++ = '0';
	}
	for (int i = 0; i < count || i <= exponent; i++) {
		if (exponent >= 0 && i == exponent + 1)
			*p++ = point;
		*p++ = i < count ? digits[i] : '0';
	}
	*p = '\0';
	return (size_t)(p - out);
}

static size_t format_scientific(const char *digits, int count, int exponent, char point, char *out)
{
	size_t n = 0;

	out[n++] = digits[0];
	if (count > 1) {
		out[n++] = point;
		memcpy(out + n, digits + 1, (size_t)count - 1);
		n += (size_t)count - 1;
	}
	return n + (size_t)sprintf(out + n, "E%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

static size_t format_special(double d, char *out)
{
	const char *z = isnan(d) ? (signbit(d) ? "-1.#IND" : "1.#QNAN")
			: d < 0  ? "-1.#INF"
				 : "1.#INF";

	strcpy(out, z);
	return strlen(out);
}

size_t number_format_real(double d, int digits, char point, char out[NUMBER_TEXT_SIZE])
{
	char text[32];
	int exponent;
	size_t sign = 0;

	if (!isfinite(d))
		return format_special(d, out);
	/* Most reals that are printed are whole. */
	if (fabs(d) < (digits == 15 ? 1e15 : 1e7) && d == trunc(d)) {
		struct number whole = { .mantissa = (uint64_t)fabs(d), .negative = d < 0 };

		return number_format(&whole, point, out);
	}
	int count = real_digits(d, digits, text, &exponent);

	if (d < 0)
		out[sign++] = '-';
	if (exponent >= digits || (exponent < 0 && count - 1 - exponent > digits))
		return sign + format_scientific(text, count, exponent, point, out + sign);
	return sign + format_plain(text, count, exponent, point, out + sign);
}

size_t number_format(const struct number *n, char point, char out[NUMBER_TEXT_SIZE])
{
	char digits[48], *first = digits_of(n->mantissa, digits + sizeof digits);
	int count = (int)strlen(first), exponent = count - 1 + n->exponent;
	size_t sign = 0;

	while (count > 1 && count - 1 > exponent && first[count - 1] == '0')
		count--;
	if (!n->mantissa) {
		count = 1;
		exponent = 0;
	} else if (n->negative) {
		out[sign++] = '-';
	}
	return sign + format_plain(first, count, exponent, point, out + sign);
}

void number_format_fixed(const struct number *n, int places, char *out, size_t size)
{
	char digits[48], *d = digits_of(n->mantissa, digits + sizeof digits);
	int count = (int)strlen(d);
	int point = count + n->exponent; /* the number of digits before it */
	int keep = point + places;       /* how many of the digits are shown */
	size_t at = 0;

	/* Room for a carry in front: digits_of leaves more than one place. */
	*--d = '0';
	count++;
	point++;
	keep++;
	if (keep >= 1 && keep < count && d[keep] >= '5') {
		int i = keep - 1;

		while (d[i] == '9')
			d[i--] = '0';
		d[i]++;
	} else if (keep < 1) {
		keep = 0;
	}
	int first = d[0] == '0' ? 1 : 0;

	if (point <= first)
		first = point - 1; /* one digit before the point */
	for (int i = first; i < point + places && at + 2 < size; i++) {
		if (i == point)
			out[at++] = '.';
		out[at++] = i >= 0 && i < count && i < keep ? d[i] : '0';
	}
	out[at] = '\0';
}
