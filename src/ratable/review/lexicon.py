"""The words and written forms that a clause is read by: days, numbers, amounts, and the cues that say what a day is.

Worked example: "15 January 2026", "January 15th, 2026", "2026-01-15" and "15.01.2026" are one day; "05.01.2026" is
none, because it may be read in two ways. "commencing" is a cue for a first day, "ceases" for a last one.
"""

import re

from ratable.core import currencies

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ONE_TO_TWENTY = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMBERS = {
    word: number
    for number, word in enumerate(
        _ONE_TO_TWENTY.split(),
        start=1,
    )
} | {"twenty-four": 24, "thirty": 30, "thirty-six": 36, "forty-eight": 48, "sixty": 60}
_DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "BRL")
SYMBOLS = {
    "$": _DOLLARS, "US$": ("USD",), "C$": ("CAD",), "CA$": ("CAD",), "A$": ("AUD",), "AU$": ("AUD",), "NZ$": ("NZD",),
    "S$": ("SGD",), "HK$": ("HKD",), "MX$": ("MXN",), "R$": ("BRL",), "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"),
}  # fmt: skip

_MONTH = r"(?P<{0}>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)(?!\d)"


def _written(pattern: str, *names: str) -> re.Pattern[str]:
    parts = {"D": _DAY, "M": _MONTH, "Y": _YEAR}
    for name in names:
        pattern = pattern.replace(f"<{name}>", parts[name[0].upper()].format(name))
    return re.compile(pattern, re.IGNORECASE)


_JOINED = r"[\s,]{0,3}(?:to|through|thru|until|till|and|-|\N{EN DASH}|\N{EM DASH})[\s,]{0,3}"
IN_FIGURES = re.compile(r"(?<![\d./])(?P<p>\d{1,2})(?P<s>[./])(?P<q>\d{1,2})(?P=s)(?P<y>(?:19|20)\d\d)(?![\d/])")
"""A day whose first two figures are day and month, or month and day."""
DATES: tuple[re.Pattern[str], ...] = (
    re.compile(r"(?<![\d-])(?P<y>\d{4})-(?P<n>\d{2})-(?P<d>\d{2})(?![\d-])"),
    re.compile(r"(?<![\d/])(?P<y>\d{4})/(?P<n>\d{2})/(?P<d>\d{2})(?![\d/])"),
    _written(r"(?<![\d.,])<d>(?: day)?(?:[\s-]{1,2}of)?[\s.-]{1,2}<m>[\s,-]{1,2}<y>", "d", "m", "y"),
    _written(r"(?<!\w)<m>[\s-]{1,2}<d>[\s,-]{1,3}<y>", "m", "d", "y"),
    IN_FIGURES,
)
# A day whose year stands with the day that it is joined to: "1 January to 31 December 2026", "1-31 March 2026".
SHORT: tuple[re.Pattern[str], ...] = (
    _written(r"(?<![\d.,-])<d>(?:[\s-]{1,2}of)?[\s.-]{1,2}<m>(?=" + _JOINED + r"\d)", "d", "m"),
    _written(r"(?<!\w)<m>[\s-]{1,2}<d>(?=" + _JOINED + r"[a-z])", "m", "d"),
    _written(r"(?<![\d.,-])<d>(?=" + _JOINED + r"\d{1,2}(?:st|nd|rd|th)?[\s.-]{1,2}[a-z])", "d"),
)
WHOLE_MONTH = _written(r"(?<!\w)(?<!\d )<m>[\s,-]{1,2}<y>(?!-)", "m", "y")
WHOLE_YEAR = _written(r"(?<!\w)(?:calendar|full|whole|fiscal)[\s-]year[\s]<y>", "y")
RANGE = re.compile(
    r"^[\s,]{0,3}(?:to|through|thru|until|till|up to|ending|ends|\N{EN DASH}|\N{EM DASH}|-|and (?:ends|ending|runs)"
    r"(?: on| through| until| to)?)(?: and including)?(?: on)?(?: the)?[\s,]{0,3}$",
    re.IGNORECASE,
)
_COUNT = r"(?P<n>\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")(?:\s?\(\d{1,3}\))?"
TERM = re.compile(r"(?<![\w.,])" + _COUNT + r"[\s-](?:full |calendar |whole )?(?P<u>month|year|day)s?\b", re.IGNORECASE)
_NUMBER = r"(?P<{0}>\d{{1,3}}(?:[,.'\u2019 ]\d{{3}})+(?:[.,]\d{{1,3}})?|\d{{1,12}}(?:[.,]\d{{1,3}})?)"
_CODES = "|".join(sorted(currencies.EXPONENTS))
_SIGNS = "|".join(re.escape(sign) for sign in sorted(SYMBOLS, key=len, reverse=True))
_BEFORE = rf"(?<!\w)(?P<c>{_CODES}|{_SIGNS})\s?"
AMOUNTS = (
    re.compile(_BEFORE + _NUMBER.format("a") + r"(?![\d%]|[.,]\d)"),
    re.compile(r"(?<![\w.,$€£¥])" + _NUMBER.format("a") + r"\s?(?P<c>" + _CODES + r"|[€£])(?!\w)"),
)
PERCENT = re.compile(r"(?<![\w.,])(?P<a>\d{1,3}(?:\.\d{1,4})?)\s?(?:%|percent\b|per cent\b)", re.IGNORECASE)

_CUES: dict[str, str] = {
    "begins": r"begin(?:s|ning)?|began|start(?:s|ing|ed)?|commenc(?:es?|ing|ement|ed)|go(?:es)?[\s-]live|went live|"
    r"live date|activat(?:ed|ion)|effective(?: date)?|in force|in effect|provisioned|available|first day|inception",
    "ends": r"end(?:s|ing|ed)?|expir(?:es|y|ed|ing)|last day|runs? out|lapses|ceases?d?",
    "terminated": r"terminat(?:es?|ed|ion|ing)|cancel(?:s|led|ed|lation|ing)?|discontinued|stopp?(?:s|ed)?",
    "delivered": r"deliver(?:ed|s|y|able)?|accept(?:ed|ance)|hand(?:ed)?[\s-]?over|completed|completion|installed|"
    r"shipped|sign(?:ed)?[\s-]off|transferred",
    "renews": r"renew(?:s|al|ed|ing|able)?|auto[\s-]renew\w{0,4}|extend(?:s|ed)?|extension",
    "free": r"free(?: of charge)?|no (?:fees?|charges?)(?: is| are| will be)?(?: charged| due| payable)?|"
    r"without charge|complimentary|no cost|waived|gratis|rent[\s-]free",
    "billed": r"invoic(?:e|es|ed|ing)|bill(?:s|ed|ing|able)?|pay(?:s|able|ment|ments)?|paid|due|instal?lments?",
    # "Order Form, page 5" is a place; "Order Form of 5 January" a day on which somebody signed.
    "signed": r"signed|dated|executed|order form(?!,? (?:page|pp?\.|section|s\.|clause|§))|quot(?:e|ed|ation)|approved|"
    r"agreed|proposal|prepared|prepares|received|request(?:s|ed)?|asked|planned|expected|foreseen",
    "valid": r"valid|offer|held|fixed until|price lock|notice|warranty|within|data retention|credit(?:ed)?",
    "service": r"service(?:s| period)?|term|subscription|period|access|licen[cs]e|support|hosting|maintenance",
    "coterminous": r"co[\s-]?term(?:s|ed|inous|inus|inates?|inating)?|"
    r"ends? (?:with|together with|alongside|on the same day as) the|same end date|aligned (?:to|with) the (?:end|term)",
    "over_time": r"ratabl[ey]|rateably|evenly|over the (?:\w+ )?(?:term|period|life)|throughout the|"
    r"straight[\s-]line|stands? ready|each day of",
    "at_once": r"perpetual|one[\s-](?:time|off)|(?:up)?on (?:delivery|acceptance)|point in time|once delivered|"
    r"when delivered|hand[\s-]?over",
    "separate": r"separate (?:contract|order|agreement)|stand[\s-]?alone (?:price|order)|own (?:contract|order)",
    "exact": r"monthly in arrears|prorat(?:ed|a)|pro[\s-]rata",
}
CUE = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _CUES.items()), re.IGNORECASE)
# "coterminous" and the rest are words alone.
GOVERN = (
    "begins",
    "ends",
    "terminated",
    "delivered",
    "renews",
    "free",
    "billed",
    "signed",
    "valid",
    "service",
    "coterminous",
)
FROM = re.compile(r"\b(?:from|as of|as from|since|with effect from)(?: and including)?\s(?:the\s)?$", re.IGNORECASE)
TO = re.compile(r"\b(?:until|through|till|thru|up to|to)(?: and including)?\s(?:the\s)?$", re.IGNORECASE)
MAY = re.compile(r"\b(?:may|can|could|right to|entitled to|option to|unless|if)\s(?:\w+\s)?$", re.IGNORECASE)
PART = re.compile(r"\b(?:first|preceding|previous|next|last|every|each|within)\s$", re.IGNORECASE)
BREAK = re.compile(r"[;!?\n]|\.(?=\s+[A-Z(]|\s*$)")
