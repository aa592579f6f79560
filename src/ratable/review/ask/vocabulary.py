"""The words of questions in one form, what cannot be known, and how far apart two words are.

Worked example: "How come Acme's defered revenue went up?" has the words why, deferred, revenue and up: "how come" is
one word for why, "defered" is one letter from "deferred", "went up" is up. Words that are in no list carry no meaning.
"""

import re

_FORMS: dict[str, str] = {
    "why": (
        "why|how come|reason|reasons|explain|explanation|justify|what caused|what explains|what makes up|"
        "what is behind"
    ),
    "cause": "cause|causes|caused|drove|behind|responsible|due to",
    "deferred": "deferred|defer|deferral|deferrals|deferring|unearned|contract liability|contract liabilities",
    "recognized": (
        "recognized|recognised|recognize|recognise|recognition|recognizing|earned|earn|rev rec|"
        "booked as revenue"
    ),
    "revenue": "revenue|revenues|sales|income|turnover",
    "billed": "billed|bill|bills|billing|billings|invoiced|invoicing|charged|charge",
    "invoice": "invoice|invoices",
    "asset": "asset|assets|contract asset|contract assets",
    "unbilled": "unbilled|accrued revenue|accrued|accrual|accruals",
    "receivable": "receivable|receivables",
    "changed": (
        "changed|change|changes|changing|different|differ|differs|difference|differences|moved on|"
        "altered|shifted|affected|modify"
    ),
    "schedule": "schedule|schedules|revenue schedule",
    "since": "since|after last|compared to close",
    "balance": "balance|balances|outstanding",
    "stand": "stand|stands|standing|where are we",
    "position": "position|overview|summary|status",
    "top": "top|largest|biggest|highest|most|greatest|main|major|leading|key",
    "compare": "compare|compared|comparison|versus|vs|against|variance between|flux|month over month|mom|yoy",
    "variance": "variance|variances",
    "up": (
        "up|rise|rose|risen|increase|increased|grow|grew|grown|higher|growth|jump|jumped|spike|spiked|"
        "climb|climbed|went up|go up"
    ),
    "down": (
        "down|fall|fell|fallen|decrease|decreased|drop|dropped|lower|decline|declined|shrink|shrank|"
        "went down|go down"
    ),
    "driver": "driver|drivers|drive|drives|driving|what moved",
    "trend": "trend|trends|develop|developed|development|over time|evolve|evolved|history|monthly",
    "month": "month|months",
    "forecast": (
        "forecast|forecasted|projected|projection|expect|expected|will|upcoming|future|to come|outlook|"
        "going to"
    ),
    "scheduled": "scheduled|planned",
    "waterfall": "waterfall",
    "rpo": "rpo|remaining performance obligation|remaining performance obligations|remaining obligations",
    "backlog": "backlog",
    "remaining": (
        "remaining|remain|remains|left|unrecognized|unrecognised|still to be recognized|"
        "yet to be recognized"
    ),
    "released": "released|release|releases|releasing|unwind|unwinds|run off|amortize|amortized|amortise|amortised",
    "rollforward": "rollforward|roll forward|roll-forward|rollforwards|roll-forwards|rolled forward",
    "opening": "opening|opened",
    "closing": "closing",
    "movement": "movement|movements|moved|activity",
    "trial": "trial",
    "balanced": "balanced|debits equal credits|in balance",
    "debit": "debit|debits|debited",
    "entry": (
        "entry|entries|journal|journals|posting|postings|journal entry|journal entries|journal line|"
        "journal lines"
    ),
    "find": "find|search|look up|lookup|locate|show me entries|show entries",
    "count": "count|how many|number of",
    "list": "list|show me all|enumerate",
    "which": "which",
    "who": "who|whom|by whom",
    "prepared": "prepared|prepare|made|created|proposed|preparer|maker|drafted",
    "approved": "approved|approve|approves|approval|approver|signed off|sign off|authorized",
    "posted": "posted|post|poster",
    "run": "run|runs",
    "limit": "limit|limits|threshold of approval",
    "blocks": (
        "blocks|block|blocking|blocked|stops|stopping|preventing|prevents|holding up|in the way|"
        "stands in the way|hold up|before we can"
    ),
    "close": "close",
    "closed": "closed|locked",
    "lock": "lock|locks",
    "ready": "ready",
    "late": "late|came in late|arrived late|backdated|after the lock|learned after|late facts",
    "catch_up": "catch-up|catch up|catch-ups|catchup",
    "facts": "facts|fact",
    "amendment": "amendment|amendments|amended|amend|modification|modifications|modified|upsell|upsells|addendum",
    "treated": "treated|treatment|accounted for|classified|treat",
    "credit_note": "credit note|credit notes|credit memo|credit memos|creditnote|credit-note|credit-notes",
    "credited": "credited|credit|credits",
    "refund": "refund|refunds|refunded",
    "usage": "usage|used|use|uses|consumption|consumed|metered|consume",
    "units": "units|unit",
    "allocation": "allocation|allocated|allocate|split|shared out|spread over|carve out",
    "transaction_price": "transaction price|contract price|total contract value|tcv",
    "contracted": "contracted",
    "ssp": "ssp|ssps|standalone selling price|standalone selling prices|stand-alone selling price|standalone price",
    "discount": "discount|discounts|discounted|rebate",
    "price": "price|prices|priced",
    "terms": "terms|term of",
    "clause": "clause|clauses|wording",
    "say": "say|says|state|states",
    "document": "document|documents",
    "evidence": "evidence",
    "obligation": "obligation|obligations|performance obligation|performance obligations",
    "line": "line|lines",
    "contract": "contract|contracts|agreement|agreements|order|orders|deal|deals",
    "customer": "customer|customers|client|clients|account holder",
    "product": "product|products",
    "ended": "ended|end|ends|ending|expire|expires|expired|expiring|terminate|terminated|termination|churn|churned",
    "renewal": "renewal|renewals|renew|renews|up for renewal",
    "signed": "signed|sign|signature|signatures|won",
    "new": "new",
    "start": "start|starts|begin|begins|service start",
    "stale": "stale|old|lingering|stuck",
    "manual": "manual|by hand|hand-written|handwritten|top-side|top side|manually",
    "reversal": "reversal|reversals|reversed",
    "waiting": "waiting|wait|waits|pending|unposted|unapproved|await|awaiting|not yet posted|not posted",
    "draft": "draft|drafts",
    "wrong": "wrong|problem|problems|error|errors|issue with|issues with|mistake|mistakes",
    "data": "data",
    "finding": "finding|findings|warnings|warning",
    "assumed": "assumed|assumption|assumptions",
    "import": "import|imports|imported",
    "tie": "tie|ties|tie out|reconcile|reconciles",
    "control": "control",
    "total": "total|totals|in all|altogether|overall",
    "completeness": "completeness|complete",
    "payment": "payment|payments|paid|pay|received|cash received|receipts",
    "milestone": "milestone|milestones",
    "delivered": "delivered|delivery|deliveries",
    "define": "define|definition|mean|means|meaning|what does it mean",
    "policy": "policy|policies|convention|conventions",
    "proration": "proration|prorated|prorate|day count",
    "method": "method|methods",
    "much": "how much|what amount",
    "happened": "happened|happen|happens",
    "how": "how",
    "when": "when",
    "rate": "rate|rates",
    "fx": "fx|foreign exchange|exchange",
    "account": "account|accounts|ledger account|gl account",
    "chart": "chart of accounts",
    "becomes": "becomes|become|turn into|turns into",
    "what": "what",
    "not": "not|isn't|aren't",
}  # fmt: skip
_PLAIN = re.findall(
    r"\S+",
    """
region regions stream streams open amount
a about across all also am an and any are as at be because been being between both but by came can cents come comes
could cumulative did do does doing dollars during each euros every figure for from full get gets getting give gives go
going got had happen happened happens has have having he her here his i if in into is it its itself just kind kinds
know last let like look made make many may me might more much my need net next no now of off ok on once one only or
other our out over per place please previous pounds prior put quarter question quarters reported right same see shall
she should show shown so some such tell than that the their them then there these they thing things this those though
through til till to today too two under until up upon us value want was we week were while whole with within without
would year years yes yet you your amount amounts sum figures detail details breakdown break month's company company's
books book ledger ours report entity entities currency period periods facts under's vs currently far date half first
second third fourth q1 q2 q3 q4 ytd usd eur gbp jpy back set still even ever anything something everything nothing
again item items yen dollar euro pound january february march april june july august september october november
december jan feb mar apr jun jul aug sep sept oct nov dec cumulatively hello hi thanks thank exactly exact actually
really explained number numbers answer questions ask asking current
""",
)
CANON: dict[str, str] = {form: name for name, forms in _FORMS.items() for form in forms.split("|")}
KNOWN: frozenset[str] = frozenset(_PLAIN) | {word for form in CANON for word in form.split()}
"""Single words that mean something here, or nothing anywhere: none of them is a name by itself."""
_LONGEST = max(len(form.split()) for form in CANON)
_SHORT, _LONG = 5, 8

_BEYOND: dict[str, tuple[str, ...]] = {
    "opinions, and the ledger has facts alone": (
        r"should (we|i|they)|do you (think|believe|recommend)|recommend|advise|advice|opinion|your view|best way|smart",
        r"is it (good|bad|wise|fair)",
    ),
    "tax returns and tax positions": (
        r"income tax|corporate tax|tax (return|rate|liabilit\w+|refund|authority|strategy|position)|vat (return|rate)",
        r"taxes|taxable|withholding",
    ),
    "cash and bank accounts": (
        r"cash ?flow|cash (forecast|position|balance|burn)|burn rate|runway|bank (balance|account)|liquidity",
    ),
    "markets and owners": (
        r"share price|stock price|valuation|market cap|investors?|dividends?|earnings per share|eps|fundrais\w+",
    ),
    "other companies": (r"competitors?|industry|peers?|benchmark(s|ed)?|market share|other compan(y|ies)|rivals?",),
    "people's pay and employment": (
        r"salar(y|ies)|payroll|headcount|employees?|commissions?|bonus(es)?|hir(e|ing)|hr",
    ),
    "costs and profit, and the ledger holds revenue alone": (
        r"profits?|profitabilit\w+|margins?|ebitda|costs?( of)?|expenses?|cogs|opex|net income|gross profit",
        r"break ?even",
    ),
    "what has nothing to do with the ledger": (
        r"weather|president|football|recipe|joke|poem|song|movie|capital of|translate",
    ),
    "what people will do": (
        r"will (they|it|he|she|\w+) (renew|churn|pay|cancel|leave|default)|likely to|probabilit\w+|chance (of|that)",
        r"odds",
        r"predict\w*|risk of|going to (renew|churn|cancel|pay)",
    ),
    "secrets and personal data": (
        r"password|secret|api key|credential|token|system prompt|your instructions|source code|credit card",
        r"phone number|e-?mail address|home address",
    ),
    "what people think": (
        r"happy|satisf\w+|nps|feel about|mood|sentiment|why did (they|he|she) (decide|want|choose|leave|sign)",
    ),
    "sales that are not signed": (
        r"pipeline|prospects?|leads?|opportunit(y|ies)|win rate|unsigned|negotiat\w+|crm|quota|marketing",
    ),
    "the economy": (r"inflation|interest rates?|exchange rate (next|will)|economy|gdp|recession",),
}
UNKNOWABLE: dict[str, re.Pattern[str]] = {
    what: re.compile(rf"\b(?:{'|'.join(forms)})\b", re.IGNORECASE) for what, forms in _BEYOND.items()
}
"""What no ledger of revenue knows: what would have to be known, and the words that ask for it."""
ACTS = re.compile(
    r"^\s*(?:please\s+|can you\s+|could you\s+|now\s+|just\s+)*"
    r"(approve|post|lock|unlock|delete|remove|change|update|reverse|create|add|reject|close|reopen|fix|correct|send|email|"
    r"import|export|book|write off|adjust|transfer|pay|refund|cancel|set)\b(?!\w)", re.IGNORECASE,
)  # fmt: skip
"""A sentence that asks for an act: answers only read."""


def words(text: str) -> list[str]:
    """The words of a text in lower case, possessives without their s."""
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return [re.sub(r"'s?$", "", word) for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*'?", plain)]


def canonical(text: str) -> frozenset[str]:
    """The words of a text in their one form; a word that is nearly one of the list counts as it."""
    found: set[str] = set()
    left = words(text)
    place = 0
    while place < len(left):
        for size in range(min(_LONGEST, len(left) - place), 0, -1):
            form = " ".join(left[place : place + size])
            if form in CANON:
                found.add(CANON[form])
                place += size
                break
        else:
            near = nearly(left[place])
            found |= {CANON[near]} if near else set()
            place += 1
    return frozenset(found)


def nearly(word: str) -> str:
    """The one form that a misspelled word means; empty where there is none, or the word is right as it is."""
    if word in KNOWN or len(word) < _SHORT or not word.isalpha():
        return ""
    most = 2 if len(word) >= _LONG else 1
    near = [
        (distance(word, form, most), form) for form in CANON if abs(len(form) - len(word)) <= most and " " not in form
    ]
    found = min(near, default=(most + 1, ""))
    return found[1] if found[0] <= most else ""


def distance(one: str, other: str, most: int) -> int:
    """How many letters have to be added, dropped, changed or swapped with their neighbor (Damerau and Levenshtein).

    More than `most` is `most` + 1.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, sign in enumerate(one, start=1):
        here = [row]
        for column, letter in enumerate(other, start=1):
            cost = min(above[column] + 1, here[-1] + 1, above[column - 1] + (sign != letter))
            swapped = row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == letter
            here.append(min(cost, before[column - 2] + 1) if swapped else cost)
        if min(here) > most:
            return most + 1
        before, above = above, here
    return min(above[-1], most + 1)
