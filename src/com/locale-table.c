/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of com/locale.h, read by com/locale.c alone. The first row of a language is what
 * the language alone means.
 */
#include "com/locale-table.h"

#include "base/mem.h"

/* clang-format off */
#define NBSP 0xA0

#define MONTHS_EN "January|February|March|April|May|June|July|August|September|October|November|December"
#define SHORT_EN "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
#define NAMES_EN .months = MONTHS_EN, .months_short = SHORT_EN, \
	.days = "Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday", \
	.days_short = "Sun|Mon|Tue|Wed|Thu|Fri|Sat"
#define DAYS_DE .days = "Sonntag|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag", \
	.days_short = "So|Mo|Di|Mi|Do|Fr|Sa"
#define MONTHS_DE \
	.months = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember", \
	.months_short = "Jan|Feb|Mrz|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"
#define NAMES_FR \
	.months = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre", \
	.months_short = "janv.|févr.|mars|avr.|mai|juin|juil.|août|sept.|oct.|nov.|déc.", \
	.days = "dimanche|lundi|mardi|mercredi|jeudi|vendredi|samedi", \
	.days_short = "dim.|lun.|mar.|mer.|jeu.|ven.|sam."
#define NAMES_ES \
	.months = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre", \
	.months_short = "ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic", \
	.days = "domingo|lunes|martes|miércoles|jueves|viernes|sábado", \
	.days_short = "dom|lun|mar|mié|jue|vie|sáb"
#define DAYS_PT \
	.days = "domingo|segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado", \
	.days_short = "dom|seg|ter|qua|qui|sex|sáb"
#define DAYS_CJK_JA .days = "日曜日|月曜日|火曜日|水曜日|木曜日|金曜日|土曜日", \
	.days_short = "日|月|火|水|木|金|土"

/* How Euro countries of the Latin script write numbers. */
#define COMMA_DOT .decimal = ',', .thousands = '.', .money_thousands = '.', .list = ';'
#define COMMA_NBSP .decimal = ',', .thousands = NBSP, .money_thousands = NBSP, .list = ';'
#define DOT_COMMA .decimal = '.', .thousands = ',', .money_thousands = ',', .list = ','
#define MONEY(symbol, positive, negative, digits) .currency = (symbol), \
	.money_positive = (positive), .money_negative = (negative), .money_digits = (digits)
#define DATES(way, separator, short_form, long_form) .order = LOCALE_##way, \
	.date_separator = (separator), .short_date = (short_form), .long_date = (long_form)
#define TIMES(form, before_noon, after_noon) .long_time = (form), .am = (before_noon), .pm = (after_noon)
#define WEEK(day, week) .first_day = (day), .first_week = LOCALE_WEEK_##week
#define SUNDAY 1
#define MONDAY 2

const struct locale locale_rows[] = {
	{ .lcid = 1033, .name = "en-US", .code_page = 1252, DOT_COMMA, MONEY("$", "$n", "($n)", 2),
	  DATES(MDY, '/', "M/d/yyyy", "dddd, MMMM d, yyyy"), TIMES("h:mm:ss tt", "AM", "PM"),
	  WEEK(SUNDAY, JANUARY_1), NAMES_EN },
	{ .lcid = 2057, .name = "en-GB", .code_page = 1252, DOT_COMMA, MONEY("£", "$n", "-$n", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "dd MMMM yyyy"), TIMES("HH:mm:ss", "AM", "PM"),
	  WEEK(MONDAY, JANUARY_1), NAMES_EN },
	{ .lcid = 3081, .name = "en-AU", .code_page = 1252, DOT_COMMA, MONEY("$", "$n", "-$n", 2),
	  DATES(DMY, '/', "d/MM/yyyy", "dddd, d MMMM yyyy"), TIMES("h:mm:ss tt", "AM", "PM"),
	  WEEK(MONDAY, JANUARY_1), NAMES_EN },
	{ .lcid = 4105, .name = "en-CA", .code_page = 1252, DOT_COMMA, MONEY("$", "$n", "-$n", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "MMMM d, yyyy"), TIMES("h:mm:ss tt", "AM", "PM"),
	  WEEK(SUNDAY, JANUARY_1), NAMES_EN },
	{ .lcid = 1031, .name = "de-DE", .code_page = 1252, COMMA_DOT, MONEY("€", "n $", "-n $", 2),
	  DATES(DMY, '.', "dd.MM.yyyy", "dddd, d. MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS), MONTHS_DE, DAYS_DE },
	{ .lcid = 3079, .name = "de-AT", .code_page = 1252, COMMA_DOT, MONEY("€", "$ n", "-$ n", 2),
	  DATES(DMY, '.', "dd.MM.yyyy", "dddd, dd. MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
	  .months_short = "Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez", DAYS_DE },
	{ .lcid = 2055, .name = "de-CH", .code_page = 1252, .decimal = '.', .thousands = '\'',
	  .money_thousands = '\'', .list = ';', MONEY("Fr.", "$ n", "$-n", 2),
	  DATES(DMY, '.', "dd.MM.yyyy", "dddd, d. MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS), MONTHS_DE, DAYS_DE },
	{ .lcid = 1036, .name = "fr-FR", .code_page = 1252, COMMA_NBSP, MONEY("€", "n $", "-n $", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "dddd d MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS), NAMES_FR },
	{ .lcid = 3084, .name = "fr-CA", .code_page = 1252, COMMA_NBSP, MONEY("$", "n $", "(n $)", 2),
	  DATES(YMD, '-', "yyyy-MM-dd", "d MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(SUNDAY, JANUARY_1), NAMES_FR },
	{ .lcid = 1046, .name = "pt-BR", .code_page = 1252, COMMA_DOT, MONEY("R$", "$ n", "-$ n", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "dddd, d' de 'MMMM' de 'yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(SUNDAY, JANUARY_1),
	  .months = "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
	  .months_short = "jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez", DAYS_PT },
	{ .lcid = 2070, .name = "pt-PT", .code_page = 1252, COMMA_DOT, MONEY("€", "n $", "-n $", 2),
	  DATES(DMY, '-', "dd-MM-yyyy", "dddd, d' de 'MMMM' de 'yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "Janeiro|Fevereiro|Março|Abril|Maio|Junho|Julho|Agosto|Setembro|Outubro|Novembro|Dezembro",
	  .months_short = "Jan|Fev|Mar|Abr|Mai|Jun|Jul|Ago|Set|Out|Nov|Dez", DAYS_PT },
	{ .lcid = 1041, .name = "ja-JP", .code_page = 932, DOT_COMMA, MONEY("¥", "$n", "-$n", 0),
	  DATES(YMD, '/', "yyyy/MM/dd", "yyyy'年'M'月'd'日'"), TIMES("H:mm:ss", "午前", "午後"),
	  WEEK(SUNDAY, JANUARY_1), .months = "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
	  .months_short = "1|2|3|4|5|6|7|8|9|10|11|12", DAYS_CJK_JA },
	{ .lcid = 3082, .name = "es-ES", .code_page = 1252, COMMA_DOT, MONEY("€", "n $", "-n $", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "dddd, d' de 'MMMM' de 'yyyy"), TIMES("H:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS), NAMES_ES },
	{ .lcid = 1034, .name = "es-ES_tradnl", .code_page = 1252, COMMA_DOT,
	  MONEY("€", "n $", "-n $", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "dddd, d' de 'MMMM' de 'yyyy"), TIMES("H:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS), NAMES_ES },
	{ .lcid = 2058, .name = "es-MX", .code_page = 1252, DOT_COMMA, MONEY("$", "$n", "-$n", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "dddd, d' de 'MMMM' de 'yyyy"),
	  TIMES("hh:mm:ss tt", "a.m.", "p.m."), WEEK(SUNDAY, JANUARY_1), NAMES_ES },
	{ .lcid = 1040, .name = "it-IT", .code_page = 1252, COMMA_DOT, MONEY("€", "$ n", "-$ n", 2),
	  DATES(DMY, '/', "dd/MM/yyyy", "dddd d MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
	  .months_short = "gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic",
	  .days = "domenica|lunedì|martedì|mercoledì|giovedì|venerdì|sabato",
	  .days_short = "dom|lun|mar|mer|gio|ven|sab" },
	{ .lcid = 1043, .name = "nl-NL", .code_page = 1252, COMMA_DOT, MONEY("€", "$ n", "$ -n", 2),
	  DATES(DMY, '-', "d-M-yyyy", "dddd d MMMM yyyy"), TIMES("H:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
	  .months_short = "jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec",
	  .days = "zondag|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag",
	  .days_short = "zo|ma|di|wo|do|vr|za" },
	{ .lcid = 1053, .name = "sv-SE", .code_page = 1252, .decimal = ',', .thousands = NBSP,
	  .money_thousands = '.', .list = ';', MONEY("kr", "n $", "-n $", 2),
	  DATES(YMD, '-', "yyyy-MM-dd", "'den 'd MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
	  .months_short = "jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec",
	  .days = "söndag|måndag|tisdag|onsdag|torsdag|fredag|lördag",
	  .days_short = "sö|må|ti|on|to|fr|lö" },
	{ .lcid = 1030, .name = "da-DK", .code_page = 1252, COMMA_DOT, MONEY("kr.", "$ n", "$ -n", 2),
	  DATES(DMY, '-', "dd-MM-yyyy", "d. MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december",
	  .months_short = "jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec",
	  .days = "søndag|mandag|tirsdag|onsdag|torsdag|fredag|lørdag",
	  .days_short = "sø|ma|ti|on|to|fr|lø" },
	{ .lcid = 1044, .name = "nb-NO", .code_page = 1252, COMMA_NBSP, MONEY("kr", "$ n", "$ -n", 2),
	  DATES(DMY, '.', "dd.MM.yyyy", "d. MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember",
	  .months_short = "jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des",
	  .days = "søndag|mandag|tirsdag|onsdag|torsdag|fredag|lørdag",
	  .days_short = "sø|ma|ti|on|to|fr|lø" },
	{ .lcid = 1035, .name = "fi-FI", .code_page = 1252, COMMA_NBSP, MONEY("€", "n $", "-n $", 2),
	  DATES(DMY, '.', "d.M.yyyy", "d. MMMM'ta 'yyyy"), TIMES("H:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "tammikuu|helmikuu|maaliskuu|huhtikuu|toukokuu|kesäkuu|heinäkuu|elokuu|syyskuu|lokakuu|marraskuu|joulukuu",
	  .months_short = "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu",
	  .days = "sunnuntai|maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai",
	  .days_short = "su|ma|ti|ke|to|pe|la" },
	{ .lcid = 1045, .name = "pl-PL", .code_page = 1250, COMMA_NBSP, MONEY("zł", "n $", "-n $", 2),
	  DATES(YMD, '-', "yyyy-MM-dd", "d MMMM yyyy"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "styczeń|luty|marzec|kwiecień|maj|czerwiec|lipiec|sierpień|wrzesień|październik|listopad|grudzień",
	  .months_short = "sty|lut|mar|kwi|maj|cze|lip|sie|wrz|paź|lis|gru",
	  .genitive = "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
	  .days = "niedziela|poniedziałek|wtorek|środa|czwartek|piątek|sobota",
	  .days_short = "N|Pn|Wt|Śr|Cz|Pt|So" },
	{ .lcid = 1049, .name = "ru-RU", .code_page = 1251, COMMA_NBSP, MONEY("р.", "n$", "-n$", 2),
	  DATES(DMY, '.', "dd.MM.yyyy", "d MMMM yyyy 'г.'"), TIMES("H:mm:ss", "", ""),
	  WEEK(MONDAY, JANUARY_1),
	  .months = "Январь|Февраль|Март|Апрель|Май|Июнь|Июль|Август|Сентябрь|Октябрь|Ноябрь|Декабрь",
	  .months_short = "янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек",
	  .genitive = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
	  .days = "воскресенье|понедельник|вторник|среда|четверг|пятница|суббота",
	  .days_short = "Вс|Пн|Вт|Ср|Чт|Пт|Сб" },
	{ .lcid = 1055, .name = "tr-TR", .code_page = 1254, COMMA_DOT, MONEY("TL", "n $", "-n $", 2),
	  DATES(DMY, '.', "dd.MM.yyyy", "dd MMMM yyyy dddd"), TIMES("HH:mm:ss", "", ""),
	  WEEK(MONDAY, JANUARY_1),
	  .months = "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık",
	  .months_short = "Oca|Şub|Mar|Nis|May|Haz|Tem|Ağu|Eyl|Eki|Kas|Ara",
	  .days = "Pazar|Pazartesi|Salı|Çarşamba|Perşembe|Cuma|Cumartesi",
	  .days_short = "Paz|Pzt|Sal|Çar|Per|Cum|Cmt" },
	{ .lcid = 1029, .name = "cs-CZ", .code_page = 1250, COMMA_NBSP, MONEY("Kč", "n $", "-n $", 2),
	  DATES(DMY, '.', "d.M.yyyy", "d. MMMM yyyy"), TIMES("H:mm:ss", "dop.", "odp."),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "leden|únor|březen|duben|květen|červen|červenec|srpen|září|říjen|listopad|prosinec",
	  .months_short = "led|úno|bře|dub|kvě|čvn|čvc|srp|zář|říj|lis|pro",
	  .genitive = "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
	  .days = "neděle|pondělí|úterý|středa|čtvrtek|pátek|sobota",
	  .days_short = "ne|po|út|st|čt|pá|so" },
	{ .lcid = 1038, .name = "hu-HU", .code_page = 1250, COMMA_NBSP, MONEY("Ft", "n $", "-n $", 2),
	  DATES(YMD, '.', "yyyy.MM.dd.", "yyyy. MMMM d."), TIMES("H:mm:ss", "de.", "du."),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "január|február|március|április|május|június|július|augusztus|szeptember|október|november|december",
	  .months_short = "jan.|febr.|márc.|ápr.|máj.|jún.|júl.|aug.|szept.|okt.|nov.|dec.",
	  .days = "vasárnap|hétfő|kedd|szerda|csütörtök|péntek|szombat",
	  .days_short = "V|H|K|Sze|Cs|P|Szo" },
	{ .lcid = 1032, .name = "el-GR", .code_page = 1253, COMMA_DOT, MONEY("€", "n $", "-n $", 2),
	  DATES(DMY, '/', "d/M/yyyy", "dddd, d MMMM yyyy"), TIMES("h:mm:ss tt", "πμ", "μμ"),
	  WEEK(MONDAY, FOUR_DAYS),
	  .months = "Ιανουάριος|Φεβρουάριος|Μάρτιος|Απρίλιος|Μάιος|Ιούνιος|Ιούλιος|Αύγουστος|Σεπτέμβριος|Οκτώβριος|Νοέμβριος|Δεκέμβριος",
	  .months_short = "Ιαν|Φεβ|Μαρ|Απρ|Μαϊ|Ιουν|Ιουλ|Αυγ|Σεπ|Οκτ|Νοε|Δεκ",
	  .genitive = "Ιανουαρίου|Φεβρουαρίου|Μαρτίου|Απριλίου|Μαΐου|Ιουνίου|Ιουλίου|Αυγούστου|Σεπτεμβρίου|Οκτωβρίου|Νοεμβρίου|Δεκεμβρίου",
	  .days = "Κυριακή|Δευτέρα|Τρίτη|Τετάρτη|Πέμπτη|Παρασκευή|Σάββατο",
	  .days_short = "Κυρ|Δευ|Τρι|Τετ|Πεμ|Παρ|Σαβ" },
	{ .lcid = 2052, .name = "zh-CN", .code_page = 936, DOT_COMMA, MONEY("¥", "$n", "$-n", 2),
	  DATES(YMD, '/', "yyyy/M/d", "yyyy'年'M'月'd'日'"), TIMES("H:mm:ss", "上午", "下午"),
	  WEEK(MONDAY, JANUARY_1),
	  .months = "一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月",
	  .months_short = "一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月",
	  .days = "星期日|星期一|星期二|星期三|星期四|星期五|星期六",
	  .days_short = "周日|周一|周二|周三|周四|周五|周六" },
	{ .lcid = 1042, .name = "ko-KR", .code_page = 949, DOT_COMMA, MONEY("₩", "$n", "-$n", 0),
	  DATES(YMD, '-', "yyyy-MM-dd", "yyyy'년' M'월' d'일' dddd"),
	  TIMES("tt h:mm:ss", "오전", "오후"), WEEK(SUNDAY, JANUARY_1),
	  .months = "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월",
	  .months_short = "1|2|3|4|5|6|7|8|9|10|11|12", .days = "일요일|월요일|화요일|수요일|목요일|금요일|토요일",
	  .days_short = "일|월|화|수|목|금|토" },
};
/* clang-format on */

const size_t locale_row_count = ARRAY_LEN(locale_rows);
