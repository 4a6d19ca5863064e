"""A report on paper: the same facts, plots and tables, set as PDF.

- Set by Typst with the fonts that it carries; nothing is fetched, and no font of the
  machine is used.
- The document has no date of its own making, and ids that follow from its content; so
  equal reports give equal bytes.
- What the log says is data to the setter, never a part of its text: no word of a nation
  can be a command to it.

Source: Typst 0.15, `document` and `sys.inputs`.
"""

from importlib.resources import files
from typing import Final

import msgspec

from foedus.response.report import Report
from foedus.response.report_plots import WIDTH, Plot, plots_of
from foedus.response.report_sections import Fact, facts, sections, summary

NO_DATE: Final = 0
"""What stands where a document would say when it was made."""

PLOT_MM: Final = 180
"""How wide a plot is on paper, in millimetres, and below how tall."""

PLOT_HEIGHT_MM: Final = 150

ROWS_MAX: Final = 1_500
"""Rows of one table that are printed, some forty pages; the page and the JSON have
all, and the paper says how many more."""


def as_pdf(report: Report) -> bytes:
    """Set a report."""
    import typst  # noqa: PLC0415 - takes longer than most commands run

    made = typst.compile(
        files("foedus.response").joinpath("report.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=NO_DATE,
        sys_inputs={"report": _data(report)},
    )
    assert isinstance(made, bytes), "without a file to write to it gives the bytes"
    return made


def _placed(plot: Plot) -> dict[str, object]:
    """Say how wide a plot is, so that it fits on a page."""
    width = min(PLOT_MM, PLOT_HEIGHT_MM * WIDTH / plot.height)
    return {**msgspec.structs.asdict(plot), "width": round(width, 1)}


def _fact(fact: Fact) -> tuple[str, str]:
    """Write what is said of a fact, with the id behind it."""
    said = f"{fact.text} ({fact.reference})" if fact.reference else fact.text
    return fact.name, said


def _data(report: Report) -> str:
    """Give what is set, as JSON."""
    chain = report.reference.chain
    return msgspec.json.encode(
        {
            "title": report.name,
            "label": report.label,
            "exercise": report.exercise,
            "summary": summary(report),
            "facts": [_fact(each) for each in facts(report)],
            "plots": [_placed(each) for each in plots_of(report)],
            "sections": [
                {
                    "title": each.title,
                    "caption": each.caption,
                    "head": each.head,
                    "widths": each.widths,
                    "rows": each.rows[:ROWS_MAX],
                    "more": max(len(each.rows) - ROWS_MAX, 0),
                }
                for each in sections(report)
            ],
            "entries": report.reference.entries,
            "digest": report.reference.digest,
            "chain": ""
            if chain is None
            else f"Positions {chain.first} to {chain.last}; digest of the chain at "
            f"{chain.last}: {chain.digest}",
        }
    ).decode()
