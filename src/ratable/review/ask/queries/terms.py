"""Terms: what lines and contracts say, how prices were shared, SSPs, discounts, and how amendments were treated.

Worked example: contract C-001 sold lines of 24,000.00, 60,000.00 and 12,000.00 at 10% off: 86,400.00 is shared by
standalone selling prices of 30,000.00, 60,000.00 and 10,000.00, so that the platform is allocated 51,840.00.
"""

import polars as pl

from ratable.reports import allocation
from ratable.review.ask import answers, posted, query
from ratable.review.ask.queries import obligations


def _here(asked: query.Asked) -> tuple[answers.Citation, ...]:
    return answers.cite("snapshot", [asked.snapshot.name])


def _terms(asked: query.Asked) -> answers.Answer:
    lines = asked.lines.sort("line")
    figures = {"lines": answers.count(lines.height), "subject": posted.subject(asked)}
    cites = tuple(
        cite for line in lines["line"].head(obligations.MOST_SAID) for cite in obligations.of_line(asked, line)
    )
    said = [answers.Sentence("{subject} has {lines} lines.", figures, cites or _here(asked))]
    columns = (
        "contract",
        "line",
        "product",
        "method",
        "proration",
        "start",
        "end",
        "price",
        "allocated",
        "currency",
        "clause",
    )
    table = answers.Table("Lines", lines.select(columns))
    return answers.answered([*said, *obligations.terms(asked, lines)], tables=[table])


def _clauses(asked: query.Asked) -> answers.Answer:
    lines = asked.lines.filter(pl.col("clause").is_not_null()).sort("line")
    said = [obligations.clause(asked, row) for row in lines.head(obligations.MOST_SAID).iter_rows(named=True)]
    if not said:
        text = "No clause is kept for {subject}."
        return answers.refused(text, "words of the document", subject=posted.subject(asked))
    return answers.answered(said, tables=[answers.Table("Clauses", lines.select("contract", "line", "clause"))])


def _allocation(asked: query.Asked) -> answers.Answer:
    rows = allocation.table(asked.snapshot.books.outcome.of(asked.lines)).filter(pl.col("allocated").is_not_null())
    said: list[answers.Sentence | None] = []
    checks = []
    for (contract, currency), own in rows.group_by("contract", "currency", maintain_order=True):
        total = answers.amount(answers.total(own["allocated"]), str(currency))
        figures = {
            "contract": answers.name(contract or "without a contract"),
            "price": answers.amount(answers.total(own["price"]), str(currency)),
            "transaction_price": total,
            "lines": answers.count(own.height),
        }
        text = (
            "Contract {contract}: {lines} lines priced {price} are allocated {transaction_price}, in proportion to "
            "their standalone selling prices."
        )
        said.append(answers.Sentence(text, figures, answers.cite("contract_lines", own["line"])))
        parts = tuple(
            (line, answers.amount(part, str(currency))) for line, part in own.select("line", "allocated").rows()
        )
        checks.append(answers.Check("Allocation foots", parts, ("transaction price", total)))
    if not said:
        figures = {"subject": posted.subject(asked)}
        said = [answers.Sentence("{subject} has no line with fixed consideration.", figures, _here(asked))]
    many = obligations.MOST_SAID
    return answers.answered(said[:many], tables=[answers.Table("Allocation", rows)], checks=checks[:many])


def _ssps(asked: query.Asked) -> answers.Answer:
    rows = asked.table("ssps").filter(pl.col("from") <= asked.end)
    for name in ("product", "currency"):
        rows = rows.filter(pl.col(name) == asked.get(name)) if asked.get(name) else rows
    shown = rows.select("product", "from", "amount", "per", "low", "high", "basis", "currency").sort(
        "product", "currency", "from"
    )
    latest = shown.group_by("product", "currency", maintain_order=True).last()
    said: list[answers.Sentence | None] = []
    for row in latest.head(obligations.MOST_SAID).iter_rows(named=True):
        figures = {
            "product": posted.named(asked, "products", row["product"]), "from": answers.day(row["from"]),
            "ssp": answers.amount(row["amount"], row["currency"]), "per": answers.name(row["per"] or "term"),
        }  # fmt: skip
        text = "The standalone selling price of {product} is {ssp} per {per}, from {from}."
        said.append(answers.Sentence(text, figures, answers.cite("products", [row["product"]])))
    said = said or [answers.Sentence("No standalone selling price is in the book for {subject}.",
                                     {"subject": posted.subject(asked)}, _here(asked))]  # fmt: skip
    return answers.answered(said, tables=[answers.Table("Standalone selling prices", shown)])


def _discounts(asked: query.Asked) -> answers.Answer:
    """What was taken off: price against allocated by contract, and the terms of the discount."""
    lines = asked.lines.filter("fixed")
    rows = lines.group_by("contract", "currency").agg(pl.col("price", "allocated").sum()).sort("contract")
    rows = rows.with_columns(discount=pl.col("price") - pl.col("allocated"))
    stated = asked.table("contracts").select(
        contract="id", percent="discount.percent", off="discount.amount", evidence="discount.evidence"
    )
    rows = rows.join(stated, on="contract", how="left")
    said: list[answers.Sentence | None] = []
    for row in rows.filter(pl.col("discount") != 0).head(obligations.MOST_SAID).iter_rows(named=True):
        figures = {
            "contract": answers.name(row["contract"]),
            "discount": answers.amount(row["discount"], row["currency"]),
            "price": answers.amount(row["price"], row["currency"]),
            "share": answers.percent(row["discount"], row["price"]),
        }
        text = "Contract {contract}: {discount} off {price} ({share})."
        if row["evidence"]:
            figures["evidence"] = answers.quote(row["evidence"])
            text = f"{text[:-1]}, on the evidence {{evidence}}."
        said.append(answers.Sentence(text, figures, answers.cite("contracts", [row["contract"]])))
    if not said:
        said = [
            answers.Sentence(
                "{subject} has no discount on a contract.", {"subject": posted.subject(asked)}, _here(asked)
            )
        ]
    shown = rows.select("contract", "price", "allocated", "discount", "evidence", "currency")
    return answers.answered(said, tables=[answers.Table("Discounts by contract", shown)])


def _treatments(asked: query.Asked) -> answers.Answer:
    """How amendments were treated, and why."""
    rows = asked.snapshot.books.outcome.treatments
    if asked.get("amendment"):
        rows = rows.filter(pl.col("amendment") == asked.get("amendment"))
    if set(query.PARTY) & set(asked.scope):
        rows = rows.filter(pl.col("contract").is_in(asked.lines["contract"].drop_nulls().implode()))
    said: list[answers.Sentence | None] = []
    for row in rows.sort("day", "amendment").tail(obligations.MOST_SAID).iter_rows(named=True):
        figures = {
            "amendment": answers.name(row["amendment"]), "contract": answers.name(row["contract"]),
            "day": answers.day(row["day"]), "why": answers.quote(row["why"]),
        }  # fmt: skip
        treated = str(row["treatment"]).replace("_", "-")
        text = f"Amendment {{amendment}} of contract {{contract}}, from {{day}}, is {treated}: {{why}}."
        said.append(answers.Sentence(text, figures, answers.cite("amendments", [row["amendment"]])))
        said.append(_effect(asked, row["amendment"]))
    if not said:
        text = "No amendment of {subject} is in force."
        said = [answers.Sentence(text, {"subject": posted.subject(asked)}, _here(asked))]
    figures = {"amendments": answers.count(rows.height)}
    return answers.answered(said, tables=[answers.Table("Treatments", rows)], more=figures)


def _effect(asked: query.Asked, amendment: str) -> answers.Sentence | None:
    """What an amendment moved at once, where it moved anything."""
    moved = posted.to(asked.snapshot.entries.filter(pl.col("source") == amendment), "revenue")
    sums = moved.group_by("currency").agg(pl.col("change").sum()).filter(pl.col("change") != 0).rows()
    if len(sums) != 1:
        return None
    figures = {"amendment": answers.name(amendment), "at_once": answers.amount(sums[0][1], sums[0][0])}
    return answers.Sentence(
        "At once it moved {at_once} of revenue (amendment {amendment}).", figures, posted.ids(moved)
    )


def _methods(asked: query.Asked) -> answers.Answer:
    """How products are recognized, unless a line says otherwise."""
    rows = asked.table("products")
    if asked.get("product"):
        rows = rows.filter(pl.col("id") == asked.get("product"))
    said: list[answers.Sentence | None] = []
    for row in rows.head(obligations.MOST_SAID).iter_rows(named=True):
        figures = {"product": answers.name(row["name"])}
        text = f"{{product}} is recognized {str(row['method']).replace('_', ' ')}"
        text += f", weighed {row['proration'].replace('_', ' ')}." if row["proration"] else "."
        said.append(answers.Sentence(text, figures, answers.cite("products", [row["id"]])))
    shown = rows.select("id", "name", "method", "stream", "proration")
    return answers.answered(said, tables=[answers.Table("Products", shown)])


def _contracts(asked: query.Asked) -> answers.Answer:
    """The contracts of a customer."""
    rows = asked.table("contracts")
    for name in ("customer", "entity", "currency"):
        rows = rows.filter(pl.col(name) == asked.get(name)) if asked.get(name) else rows
    rows = rows.filter(pl.col("id") == asked.get("contract")) if asked.get("contract") else rows
    shown = rows.select("id", "customer", "signed_on", "start", "end", "document", "currency").sort("id")
    figures = {"subject": posted.subject(asked), "contracts": answers.count(shown.height)}
    said = [
        answers.Sentence(
            "{subject} has {contracts} contracts.", figures, answers.cite("contracts", shown["id"]) or _here(asked)
        )
    ]
    for row in shown.head(obligations.MOST_SAID).iter_rows(named=True):
        figures = {
            "contract": answers.name(row["id"]), "signed": answers.day(row["signed_on"]),
            "start": answers.day(row["start"]), "end": answers.day(row["end"]),
        }  # fmt: skip
        text = "Contract {contract}, signed on {signed}, runs from {start} to {end}."
        said.append(answers.Sentence(text, figures, answers.cite("contracts", [row["id"]])))
    return answers.answered(said, tables=[answers.Table("Contracts", shown)])


QUERIES = (
    query.Query(
        "terms",
        "The terms of lines",
        "What are the terms of contract {contract}?",
        (
            "terms",
            "terms @contract",
            "terms @customer",
            "line @contract",
            "@line",
            "price @contract",
            "when start",
            "service window",
            "list line",
            "obligation @contract",
            "obligation",
        ),
        _terms,
        needs=query.PARTY,
    ),
    query.Query(
        "clauses",
        "The words that lines rest on",
        "What does contract {contract} say?",
        ("clause", "clause @contract", "clause @line", "say @contract", "document", "evidence"),
        _clauses,
        needs=query.PARTY,
    ),
    query.Query(
        "allocation",
        "How the price was shared",
        "How was the price of contract {contract} allocated?",
        ("allocation", "allocation @contract", "allocation price", "transaction_price @contract", "why allocation"),
        _allocation,
        needs=query.PARTY,
    ),
    query.Query(
        "ssps",
        "Standalone selling prices",
        "What is the standalone selling price of {product}?",
        ("ssp", "ssp @product", "list price", "price @product"),
        _ssps,
    ),
    query.Query(
        "discounts",
        "Discounts",
        "What discount does contract {contract} have?",
        ("discount", "discount @contract", "discount @customer", "why discount"),
        _discounts,
    ),
    query.Query(
        "amendment-treatment",
        "How amendments were treated",
        "How was amendment {amendment} treated?",
        (
            "amendment",
            "treated",
            "amendment treated",
            "@amendment",
            "why amendment",
            "why @amendment",
            "treated @amendment",
            "why treated @amendment",
            "amendment @customer",
            "amendment @contract",
            "list amendment",
            "why amendment treated",
            "count amendment",
        ),
        _treatments,
        takes=(*query.SCOPE, "amendment"),
    ),
    query.Query(
        "methods",
        "How products are recognized",
        "How is {product} recognized?",
        ("how recognized @product", "method", "method @product", "how recognized", "policy @product"),
        _methods,
        takes=("product",),
    ),
    query.Query(
        "contracts",
        "The contracts of a customer",
        "Which contracts does {customer} have?",
        (
            "contract @customer",
            "list contract",
            "which contract @customer",
            "which contract",
            "count contract @customer",
        ),
        _contracts,
    ),
)
ROOM = query.Room("terms", "What was agreed", QUERIES)
