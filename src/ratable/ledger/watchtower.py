"""The watchtower: all that the agent did, each with its intent, what it saw, and what people made of it.

Worked example: `actions()` has review 1 of run 7, on behalf of Ben, 61 of 63 checks, 3 flags of which 1 blocks, done;
below it a review of February whose process was killed: interrupted. `lines()` gives the same as JSON, one record for
each event of the agent, each with the SHA-256 of the one before it; `check` follows that chain.

The records have the shape of the IETF draft "Agent Audit Trail" (draft-sharif-agent-audit-trail): its field names, RFC
8785 JSON and its chain, with the event of the books that each rests on. Nothing here says that they conform to it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

import ratable
from ratable.ledger import canonical, models, rows
from ratable.ledger.review_tables import Review

INTENT = "intend to review"
DONE, INTERRUPTED = "done", "interrupted"
FIRST = "0" * 64

ACTIONS: dict[str, pl.DataType] = {
    "event": pl.Int64(),  # that it ended with; of what was interrupted, that it began with
    "at": pl.String(),
    "kind": pl.String(),  # review, question, answer (to a flag) or acceptance
    "no": pl.Int64(),  # its number among its kind; null: interrupted
    "subject": pl.String(),
    "by": pl.String(),  # the agent, or the person who decided
    "on_behalf_of": pl.String(),
    "began_at": pl.String(),  # of a review: when it was said that it would be made
    "snapshot": pl.String(),
    "entries": pl.Int64(),
    "ran": pl.Int64(),  # checks that could run, of `checked`
    "checked": pl.Int64(),
    "flags": pl.Int64(),
    "blocks": pl.Int64(),
    "proposals": pl.Int64(),  # flags that carry a fix
    "says": pl.String(),  # the question, or verdict and reason, or what a proposal became
    "state": pl.String(),  # done or interrupted
}
"""Grain: one act of the agent, or one decision of a person on what it said."""

_OF_AGENT = ("intend to review", "review by checks", "answer a question")
_FIELDS = (
    "record_id", "timestamp", "agent_id", "agent_version", "session_id", "action_type", "action_detail", "outcome",
    "trust_level", "parent_record_id", "record_phase", "prev_hash",
)  # fmt: skip
_RECORDED: dict[str, pl.DataType] = {
    "no": pl.Int64(), "at": pl.String(), "actor": pl.String(), "on_behalf_of": pl.String(), "action": pl.String(),
    "subject": pl.String(), "body": pl.String(), "hash": pl.String(),
}  # fmt: skip


def actions(*, kind: str = "", subject: str = "", person: str = "") -> pl.DataFrame:
    """What the agent did and people decided on it, the newest first (ACTIONS).

    Args:
        kind: only review, question, answer or acceptance; empty: all.
        subject: only with this text in its subject, such as "run 7" or "2026-01".
        person: only on behalf of, or by, this person.
    """
    found = pl.concat([_reviews(), _interrupted(), _questions(), _answers(), _acceptances()])
    if kind:
        found = found.filter(pl.col("kind") == kind)
    if subject:
        found = found.filter(pl.col("subject").str.contains(subject, literal=True))
    if person:
        found = found.filter((pl.col("on_behalf_of") == person) | (pl.col("by") == person))
    return found.sort("event", "no", descending=True)


def review(no: int) -> dict[str, Any] | None:
    """One review with its checks and thresholds as they were; None where there is none of that number."""
    kept = Review.objects.filter(no=no).select_related("event").first()
    if kept is None:
        return None
    told = {name: getattr(kept, name) for name in ("no", "by", "period", "entity", "snapshot", "known_on", "today",
                                                   "entries", "population", "ran", "checked", "flags", "code", "model",
                                                   "prompt", "intent")}  # fmt: skip
    began = models.Event.objects.values_list("at", flat=True).get(no=kept.intent)
    own = {"run": kept.run_id, "at": kept.event.at, "began_at": began, "on_behalf_of": kept.event.on_behalf_of}
    return told | own | {"checks": json.loads(kept.checks), "thresholds": json.loads(kept.thresholds)}


def lines() -> Iterator[str]:
    """A record for each event of the agent and for each answer and acceptance of a person, as JSON, in order."""
    before = FIRST
    began: dict[int, str] = {}
    wanted = (*_OF_AGENT, "answer a flag", "accept a proposal")
    among, given = rows.among("action", wanted)
    query = f"""SELECT no, at, actor, on_behalf_of, action, subject, body, hash FROM events
      WHERE {among} OR (action = 'refused' AND actor LIKE %s) ORDER BY no"""  # noqa: S608  words of our own
    ended = _intents_with_an_end()
    for row in rows.select(query, [given, "agent:%"], _RECORDED).iter_rows(named=True):  # The chain is made one by one.
        record = _record(row, before, ended)
        if row["action"] == INTENT:
            began[row["no"]] = record["record_id"]
        parent = record["action_detail"]["what"].get("review", {}).get("intent")
        record["parent_record_id"] = began.get(int(parent)) if parent else None
        line = canonical.text(record)
        before = canonical.sha256(line)
        yield line


def check(given: Iterable[str]) -> str:
    """What is wrong with records as `lines` gives them, in one sentence; empty where each follows the one before."""
    before = FIRST
    for number, line in enumerate(given, 1):
        text = line.rstrip("\n")
        try:
            record = json.loads(text)
        except ValueError:
            return f"record {number}: cannot be read."
        if not isinstance(record, dict) or sorted(record) != sorted(_FIELDS):
            return f"record {number}: expected the fields {', '.join(_FIELDS)}."
        if canonical.text(record) != text:
            return f"record {number}: is not in canonical form."
        if record["prev_hash"] != before:
            return f"record {number}: names another record before it than the one that is there."
        before = canonical.sha256(text)
    return ""


def _record(row: dict[str, Any], before: str, ended: set[int]) -> dict[str, Any]:
    body = json.loads(row["body"])
    intent = row["action"] == INTENT
    outcome = "denied" if row["action"] == "refused" else "success"
    if intent:
        outcome = "pending" if row["no"] in ended else INTERRUPTED
    return {
        "record_id": row["hash"], "timestamp": row["at"], "agent_id": "urn:ratable:agent:review",
        "agent_version": body.get("code") or ratable.__version__, "session_id": _company(),
        "action_type": "lifecycle" if intent else "decision" if row["actor"].startswith("agent:") else "human_decision",
        "action_detail": {
            "action": row["action"], "subject": row["subject"], "actor": row["actor"],
            "on_behalf_of": row["on_behalf_of"], "event": str(row["no"]), "what": body["what"],
        },
        "outcome": outcome, "trust_level": "L1", "parent_record_id": None,
        "record_phase": "pre" if intent else "post", "prev_hash": before,
    }  # fmt: skip


def _company() -> str:
    return str(models.Company.objects.values_list("id", flat=True).first() or "")


def _intents_with_an_end() -> set[int]:
    return set(rows.select("SELECT intent FROM reviews", [], {"intent": pl.Int64()})["intent"])


def _reviews() -> pl.DataFrame:
    return _shown("""SELECT e.no AS event, e.at, 'review' AS kind, r.no, e.subject, e.actor AS by_, e.on_behalf_of,
      i.at AS began_at, r.snapshot, r.entries, r.ran, r.checked, r.flags,
      (SELECT count(*) FROM review_flags f WHERE f.review_no = r.no AND f.class = 'blocks') AS blocks,
      (SELECT count(*) FROM review_flags f WHERE f.review_no = r.no AND f.fix IS NOT NULL) AS proposals,
      '' AS says, 'done' AS state FROM reviews r JOIN events e ON e.no = r.event_no JOIN events i ON i.no = r.intent""")


def _interrupted() -> pl.DataFrame:
    return _shown(
        f"""SELECT e.no AS event, e.at, 'review' AS kind, NULL AS no, e.subject, e.actor AS by_, e.on_behalf_of,
      e.at AS began_at, {_NONE}, 'interrupted' AS state FROM events e WHERE e.action = '{INTENT}'
      AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.intent = e.no)""",  # noqa: S608  words of our own
    )


def _questions() -> pl.DataFrame:
    return _shown(
        f"""SELECT e.no AS event, e.at, 'question' AS kind, q.no, e.subject, e.actor AS by_, e.on_behalf_of,
      NULL AS began_at, {_NONE.replace("'' AS says", "q.question AS says")}, 'done' AS state
      FROM questions q JOIN events e ON e.no = q.event_no""",  # noqa: S608  words of our own
    )


def _answers() -> pl.DataFrame:
    return _decided("answer", "flag_dispositions", "d.verdict || ': ' || d.reason")


def _acceptances() -> pl.DataFrame:
    return _decided("acceptance", "acceptances", "d.became")


def _decided(kind: str, table: str, says: str) -> pl.DataFrame:
    return _shown(
        f"""SELECT e.no AS event, e.at, '{kind}' AS kind, d.no, 'flag ' || d.flag AS subject, e.actor AS by_,
      e.on_behalf_of, NULL AS began_at, {_NONE.replace("'' AS says", f"{says} AS says")}, 'done' AS state
      FROM {table} d JOIN events e ON e.no = d.event_no""",  # noqa: S608  names of our own
    )


_NONE = (
    "NULL AS snapshot, NULL AS entries, NULL AS ran, NULL AS checked, NULL AS flags, NULL AS blocks, "
    "NULL AS proposals, '' AS says"
)


def _shown(query: str) -> pl.DataFrame:
    return rows.select(query, [], ACTIONS)
