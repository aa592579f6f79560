"""The schema of every table of a bundle, and of every table that crosses from one room to the next.

Worked example: the cell `price: "12000.00"` of a contract line in USD is declared here as an `amount`, so a
bundle carries it as the text "12000.00", every room below holds it as the integer 1200000 (minor units), and a
report prints it as "12000.00" again. The kinds of a column, with what a cell of it becomes:

| kind | in a file | in memory |
|---|---|---|
| text, reference, choice | text | String |
| day | YYYY-MM-DD | Date |
| amount | decimal text in major units, at most the currency's decimals | Int64, minor units of the row's currency |
| unit_price | decimal text in major units, at most 8 decimals | Int64, 1/100,000,000 of a major unit |
| quantity | decimal text, at most 6 decimals | Int64, millionths of a unit |
| percent | decimal text, at most 4 decimals | Int64, 1/10,000 of a percent: "10" is 100,000 |
| integer | whole number | Int64 |
| texts, days | list, or text separated by ";" | List(String), List(Date) |
"""

from dataclasses import dataclass

import polars as pl

UNIT_PRICE_DECIMALS = 8
QUANTITY_DECIMALS = 6
PERCENT_DECIMALS = 4
WHOLE_PERCENT = 100 * 10**PERCENT_DECIMALS

DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "reference": pl.String(),
    "choice": pl.String(),
    "day": pl.Date(),
    "amount": pl.Int64(),
    "unit_price": pl.Int64(),
    "quantity": pl.Int64(),
    "percent": pl.Int64(),
    "integer": pl.Int64(),
    "texts": pl.List(pl.String()),
    "days": pl.List(pl.Date()),
}

METHODS = ("straight_line", "usage", "point_in_time", "milestone")
PRORATIONS = ("daily", "monthly_prorated", "monthly_full_first", "mid_month")
FREQUENCIES = ("monthly", "quarterly", "semiannual", "annual", "once", "milestone", "custom")
INTERVALS = ("month", "quarter", "year", "term")
CREDIT_CAUSES = ("price_reduction", "service_credit", "billing_correction", "amendment")


@dataclass(frozen=True)
class Column:
    """One column of a bundle table: its name in files, its kind, and what a cell of it means."""

    name: str
    kind: str
    says: str
    required: bool = False
    to: str = ""
    choices: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column in memory."""
        return DTYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table of a bundle.

    `key` names the columns that identify a row; `parent` is (table, column naming it here, key of the nested list
    in YAML and JSON) for a child table; `own_day` is the column that a missing `known_on` takes its value from.
    """

    name: str
    says: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    parent: tuple[str, str, str] | None = None
    own_day: str = ""

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, in declared order, with `row`: the row's place in its source, from 1."""
        return {c.name: c.dtype for c in self.columns} | {"row": pl.Int64()}


def _text(name: str, says: str, *, required: bool = False) -> Column:
    return Column(name, "text", says, required)


def _day(name: str, says: str, *, required: bool = False) -> Column:
    return Column(name, "day", says, required)


def _amount(name: str, says: str, *, required: bool = False) -> Column:
    return Column(name, "amount", says, required)


def _ref(name: str, to: str, says: str, *, required: bool = False) -> Column:
    return Column(name, "reference", says, required, to=to)


def _choice(name: str, choices: tuple[str, ...], says: str, *, required: bool = False) -> Column:
    return Column(name, "choice", says, required, choices=choices)


_ID = _text("id", "identifies the row; unique in its table", required=True)
_KNOWN_ON = _day("known_on", "the day the system learned of it; default: the fact's own day")
_CURRENCY = _text("currency", "ISO 4217 code", required=True)
_DISCOUNT = (
    Column("discount.percent", "percent", "percent of the covered prices, rounded half even"),
    _amount("discount.amount", "amount off the covered prices"),
)
_CONTRACT_DISCOUNT = (
    *_DISCOUNT,
    Column("discount.lines", "texts", "the lines that the discount covers; default: all", to="contract_lines"),
    _text("discount.evidence", "why the discount belongs to those lines alone; required when it names only some"),
)
_LINE_TERMS = (
    _day("start", "first day of service; default: the contract's"),
    _day("end", "last day of service, inclusive; default: the contract's"),
    _amount("price", "fixed consideration for the line's whole life, net of its own discount, without tax"),
    Column("unit_price", "unit_price", "price of one unit, for quantity x unit price or for usage"),
    Column("quantity", "quantity", "units billed each billing period"),
    _amount("ssp", "standalone selling price of the whole line"),
    _choice("method", METHODS, "method of recognition; default: the product's"),
    _choice("proration", PRORATIONS, "how straight-line weighs days; default: the product's, then the policy's"),
    _day("delivered_on", "the day control passes, for point_in_time"),
    *_DISCOUNT,
    _text("clause", "page and words of the document that the line rests on"),
    _choice("billing.frequency", FREQUENCIES, "how often the line is billed; default: once, or monthly for usage"),
    _choice(
        "billing.timing", ("advance", "arrears"), "first or last day of the period; default: advance, usage arrears"
    ),
    Column("billing.day", "integer", "day of the month on which whole periods begin"),
    Column("billing.dates", "days", "the dates of a custom frequency"),
    _choice("pricing.model", ("per_unit", "graduated", "volume", "package"), "how quantities used become money"),
    Column("pricing.unit_price", "unit_price", "price of a unit or package; default: the line's unit_price"),
    Column("pricing.included", "quantity", "units of each pricing period that are free, before the tiers"),
    Column("pricing.package_size", "quantity", "units in a package; a package begun is charged whole"),
    _amount("pricing.cap", "most that a pricing period can cost"),
    _choice("pricing.period", INTERVALS, "how often quantities start again from zero; default: month"),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table(
            "entities",
            "legal entities that keep their own books",
            (
                _ID,
                _text("name", "legal name", required=True),
                _CURRENCY,
                _text("time_zone", "IANA time zone whose calendar day dates its facts"),
                Column("fiscal_year_start_month", "integer", "1 to 12; default 1"),
            ),
        ),
        Table(
            "accounts",
            "chart of accounts; without any, a small default chart with one account per role",
            (
                _text("code", "account code of the general ledger", required=True),
                _text("name", "account name", required=True),
                _choice(
                    "type", ("asset", "liability", "income", "expense", "equity"), "type of account", required=True
                ),
                _ref("entity", "entities", "the entity whose chart it belongs to; default: all"),
            ),
            key=("code", "entity"),
        ),
        Table(
            "account_rules",
            "which account a role posts to; the rule with most conditions that all match wins",
            (
                _text("role", "role of a journal row, such as revenue or deferred_revenue", required=True),
                _ref("account", "accounts", "account code", required=True),
                _ref("product", "products", "only for this product"),
                _text("stream", "only for this revenue stream"),
                _text("region", "only for customers of this region"),
                _ref("entity", "entities", "only for this entity"),
                _text("currency", "only for this currency"),
                _ref("customer", "customers", "only for this customer"),
            ),
            key=(),
        ),
        Table(
            "customers",
            "who buys",
            (
                _ID,
                _text("name", "customer name", required=True),
                _text("region", "region for account rules and reports"),
                _ref("entity", "entities", "the entity that sells to it"),
                _text("external", "id in the source system"),
            ),
        ),
        Table(
            "products",
            "what is sold, and how its revenue is recognized unless a line says otherwise",
            (
                _ID,
                _text("name", "product name", required=True),
                _choice("method", METHODS, "method of recognition", required=True),
                _text("stream", "revenue stream for account rules and reports"),
                _choice("proration", PRORATIONS, "how straight-line weighs days"),
                Column("list_price", "unit_price", "price without negotiation; the SSP where no better one is known"),
            ),
        ),
        Table(
            "ssps",
            "book of standalone selling prices",
            (
                _ref("product", "products", "the product", required=True),
                _CURRENCY,
                _amount("amount", "the standalone selling price", required=True),
                _day("from", "first signature date it applies to", required=True),
                _choice("per", ("term", "year", "month", "unit"), "what the amount is for; default: term"),
                _amount("low", "lower bound of the observed range"),
                _amount("high", "upper bound of the observed range"),
                _choice("basis", ("observed", "adjusted_market", "cost_plus", "residual"), "how it was found"),
                _KNOWN_ON,
            ),
            key=("product", "currency", "from"),
            own_day="from",
        ),
        Table(
            "contracts",
            "agreements with enforceable rights (606-10-25-1)",
            (
                _ID,
                _ref("customer", "customers", "the customer", required=True),
                _CURRENCY,
                _day("signed_on", "day of signature: no revenue before it", required=True),
                _day("start", "first day of the term", required=True),
                _day("end", "last day of the term, inclusive", required=True),
                _ref("entity", "entities", "the entity that sells; default: the customer's"),
                _choice(
                    "invoicing", ("generate", "import"), "who makes the invoices; default: import where one names it"
                ),
                *_CONTRACT_DISCOUNT,
                _text("document", "the signed document"),
                _text("external", "id in the source system"),
                _KNOWN_ON,
            ),
            own_day="signed_on",
        ),
        Table(
            "contract_lines",
            "promises of a contract, each a performance obligation (606-10-25-14)",
            (
                _ID,
                _ref("contract", "contracts", "the contract", required=True),
                _ref("product", "products", "the product", required=True),
                *_LINE_TERMS,
            ),
            parent=("contracts", "contract", "lines"),
        ),
        Table(
            "milestones",
            "milestones of a line and the share of its price that each is worth",
            (
                _ref("contract_line", "contract_lines", "the line", required=True),
                _text("id", "identifies the milestone within its line", required=True),
                _amount("amount", "share of the line's price as an amount"),
                Column("percent", "percent", "share of the line's price as a percent"),
            ),
            key=("contract_line", "id"),
            parent=("contract_lines", "contract_line", "milestones"),
        ),
        Table(
            "price_tiers",
            "tiers of a graduated or volume price",
            (
                _ref("contract_line", "contract_lines", "the line", required=True),
                Column("up_to", "quantity", "last unit of the tier, inclusive; empty for the last tier"),
                Column("unit_price", "unit_price", "price of a unit in the tier", required=True),
                _amount("flat", "amount charged on entering the tier"),
            ),
            key=("contract_line", "up_to"),
            parent=("contract_lines", "contract_line", "pricing.tiers"),
        ),
        Table(
            "amendments",
            "approved changes of a contract (606-10-25-10)",
            (
                _ID,
                _ref("contract", "contracts", "the contract", required=True),
                _day("effective_on", "first day of the new terms", required=True),
                _day("approved_on", "day both sides agreed; it takes effect on the later of the two", required=True),
                _choice(
                    "treatment", ("auto", "separate", "prospective", "catch_up"), "accounting treatment; default: auto"
                ),
                _text("reason", "why the treatment was chosen"),
                _KNOWN_ON,
            ),
            own_day="approved_on",
        ),
        Table(
            "amendment_changes",
            "what an amendment adds, changes or removes",
            (
                _ref("amendment", "amendments", "the amendment", required=True),
                _choice("op", ("add", "change", "remove"), "what is done", required=True),
                _text("line", "id of the line", required=True),
                _amount("price_change", "what the line's whole-life price rises by"),
                _ref("product", "products", "the product of an added line"),
                *_LINE_TERMS,
            ),
            key=("amendment", "line"),
            parent=("amendments", "amendment", "changes"),
        ),
        Table(
            "usage",
            "what was used, metered or already rated",
            (
                _ID,
                _ref("contract_line", "contract_lines", "the usage line", required=True),
                _day("on", "day of use", required=True),
                Column("quantity", "quantity", "units used"),
                _amount("amount", "rated amount, in place of a quantity"),
                _KNOWN_ON,
            ),
            own_day="on",
        ),
        Table(
            "milestones_reached",
            "milestones reached, whole or in part",
            (
                _ref("contract_line", "contract_lines", "the line", required=True),
                _text("milestone", "id of the milestone", required=True),
                _day("on", "day it was reached", required=True),
                Column("percent", "percent", "cumulative share of the milestone; default: all of it"),
                _KNOWN_ON,
            ),
            key=("contract_line", "milestone", "on"),
            own_day="on",
        ),
        Table(
            "minimums",
            "least that a customer pays for usage in each interval",
            (
                _ID,
                _ref("contract", "contracts", "the contract", required=True),
                _amount("amount", "the minimum of one interval", required=True),
                _choice("every", INTERVALS, "length of an interval, counted from the contract's start", required=True),
                _choice("allocation", ("ssp", "usage"), "how a true-up is shared over the lines; default: ssp"),
                _KNOWN_ON,
            ),
        ),
        Table(
            "minimum_lines",
            "usage lines that count towards a minimum",
            (
                _ref("minimum", "minimums", "the minimum", required=True),
                _ref("contract_line", "contract_lines", "the usage line", required=True),
            ),
            key=("minimum", "contract_line"),
            parent=("minimums", "minimum", "lines"),
        ),
        Table(
            "invoices",
            "what was billed in fact",
            (
                _ID,
                _ref("customer", "customers", "the customer", required=True),
                _CURRENCY,
                _day("issued_on", "day of issue", required=True),
                _day("due_on", "day payment is due"),
                _ref("contract", "contracts", "the contract it bills"),
                _ref("entity", "entities", "the entity that bills; default: the contract's, then the customer's"),
                *_DISCOUNT,
                _KNOWN_ON,
            ),
            own_day="issued_on",
        ),
        Table(
            "invoice_lines",
            "lines of an invoice; one without a contract line is an obligation of its own",
            (
                _ID,
                _ref("invoice", "invoices", "the invoice", required=True),
                _amount("amount", "amount without tax", required=True),
                _ref("contract_line", "contract_lines", "the contract line that it bills"),
                _ref("product", "products", "the product"),
                _day("service_start", "first day of service"),
                _day("service_end", "last day of service, inclusive"),
                _choice("method", METHODS, "method of recognition; default: the product's"),
                _amount("ssp", "standalone selling price"),
                _amount("tax", "tax on top"),
                Column("quantity", "quantity", "units billed"),
            ),
            parent=("invoices", "invoice", "lines"),
        ),
        Table(
            "credit_notes",
            "reductions of an invoice; amounts are positive",
            (
                _ID,
                _text("invoice", "the invoice, imported or our own CONTRACT/ISSUE-DATE", required=True),
                _day("issued_on", "day of issue", required=True),
                _choice("cause", CREDIT_CAUSES, "why it was given; default: price_reduction"),
                _text("reason", "in words"),
                _KNOWN_ON,
            ),
            own_day="issued_on",
        ),
        Table(
            "credit_note_lines",
            "lines of a credit note",
            (
                _ref("credit_note", "credit_notes", "the credit note", required=True),
                _text(
                    "invoice_line", "the invoice line, imported or our own CONTRACT-LINE/SERVICE-START", required=True
                ),
                _amount("amount", "amount credited, without tax", required=True),
                _amount("tax", "tax credited"),
            ),
            key=("credit_note", "invoice_line"),
            parent=("credit_notes", "credit_note", "lines"),
        ),
        Table(
            "payments",
            "money received; kept, posts nothing yet",
            (
                _ID,
                _text("invoice", "the invoice", required=True),
                _amount("amount", "amount received", required=True),
                _day("received_on", "day of receipt", required=True),
                _KNOWN_ON,
            ),
            own_day="received_on",
        ),
        Table(
            "fx_rates",
            "exchange rates",
            (
                _text("from", "currency converted from", required=True),
                _text("to", "currency converted to", required=True),
                _day("on", "day of the rate", required=True),
                Column("rate", "unit_price", "units of `to` for one of `from`", required=True),
            ),
            key=("from", "to", "on"),
        ),
        Table(
            "locks",
            "periods that are closed for good",
            (
                _day("through", "last day that is closed", required=True),
                _day("locked_on", "day the lock was made", required=True),
                _ref("entity", "entities", "the entity; default: all"),
            ),
            key=("through", "locked_on", "entity"),
        ),
        Table(
            "opening_balances",
            "what another system had posted before the cut-over; the store alone uses it",
            (
                _day("as_of", "last day of the other system", required=True),
                _ref("contract_line", "contract_lines", "the line", required=True),
                _amount("billed", "billed to date", required=True),
                _amount("recognized", "recognized to date", required=True),
            ),
            key=("as_of", "contract_line"),
        ),
        Table(
            "policies",
            "dated accounting choices",
            (
                _text("name", "name of the choice", required=True),
                _text("value", "what was chosen", required=True),
                _day("from", "first day it applies to; default: always"),
                _ref("product", "products", "only for this product"),
                _ref("entity", "entities", "only for this entity"),
                _KNOWN_ON,
            ),
            key=("name", "from", "product", "entity"),
        ),
    )
}


def empty(name: str) -> pl.DataFrame:
    """An empty frame of a bundle table, with every declared column and type."""
    return pl.DataFrame(schema=TABLES[name].schema)
