# SPDX-License-Identifier: MIT
"""The answer as one page, which needs no network and asks for none: plots, the summary, and the calls."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path

from .answer import Answer
from .part import Refused
from .text_report import shown_time
from .verdict import State

_MOST_CALLS = 200
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:">
<title>@TITLE@</title>
<style>
body { font: 16px/1.45 system-ui, sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem; color: #1d1d1f; background: #fff }
.plot { width: 100%; margin: 1rem 0 }
dl { display: grid; grid-template-columns: minmax(5rem, max-content) 1fr; gap: .2rem 1rem }
dd { margin: 0; overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid #ddd }
</style>
</head>
<body>
<h1>@TITLE@</h1>
@SUMMARY@
@PLOTS@
@CALLS@
<script>@LIBRARY@</script>
<script>@DRAW@</script>
</body>
</html>
"""


def write_html(answer: Answer, path: Path) -> None:
    """Writes the page, as a new file."""
    page = html_report(answer)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(page)
    except FileExistsError:
        raise Refused(f"{path}: is there already, and nothing is written over") from None
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}") from None


def html_report(answer: Answer) -> str:
    """The page, with the plots' library in it."""
    try:
        import altair  # type: ignore[import-not-found,import-untyped,unused-ignore]
        import vl_convert  # type: ignore[import-not-found,import-untyped,unused-ignore]

        from .charts import charts
    except ImportError:
        raise Refused("--html: there is no altair, or no vl-convert; pip install 'callprop[replay]'") from None
    plots = charts(answer)
    parts = {
        "TITLE": escape(answer.question),
        "SUMMARY": _summary(answer),
        "PLOTS": "\n".join(f'<div class="plot" id="{name}"></div>' for name in plots),
        "CALLS": _calls(answer),
        "LIBRARY": _in_script(
            vl_convert.javascript_bundle(vl_version=".".join(altair.SCHEMA_VERSION[1:].split(".")[:2]))
        ),
        "DRAW": "\n".join(
            f'vegaEmbed("#{name}", {_in_script(json.dumps(chart.to_dict()))}, {{"actions": false}});'
            for name, chart in plots.items()
        ),
    }
    # One pass: what was put in is not looked at again.
    pieces = _PAGE.split("@")
    return "".join(parts.get(piece, piece) if place % 2 else piece for place, piece in enumerate(pieces))


def _in_script(text: str) -> str:
    """No name of an extension ends the script that it stands in. Both JSON and JavaScript read this in texts as <."""
    return text.replace("</", "<\\/").replace("<!--", "<\\!--") if text[:1] != "{" else text.replace("<", "\\u003c")


def _summary(answer: Answer) -> str:
    whole = answer.whole
    rows = []
    for title, states in (("before", whole.before), ("after", whole.after)):
        if states or title == "after":
            told = ", ".join(f"{states[state]:,} {state.value}" for state in State)
            rows.append((title if answer.compared else "calls", told))
    if answer.compared:
        rows.append(("changes", f"{whole.newly_refused:,} newly refused, {whole.newly_permitted:,} newly permitted"))
    rows += [("not known", f"{calls:,}: {why}") for why, calls in answer.whys()]
    rows.append(("nobody asked", f"{answer.not_asked:,}"))
    rows.append(("records", f"{answer.findings.records:,}, of which {answer.findings.damaged:,} damaged and left out"))
    rows += [("damaged", f"{each.file}:{each.line}: {each.reason}") for each in answer.findings.first[:20]]
    rows += [("note", f"{text} ({times:,} times)") for text, times in answer.findings.notices.items()]
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows) + "</dl>"


def _calls(answer: Answer) -> str:
    what = "Calls that change" if answer.compared else "Calls that are refused"
    rows = [
        _row(
            "td",
            (
                shown_time(call["time"], answer.timezone),
                call["extension"] or "?",
                call["after_reason"],
                f"{call['file']} {call['rows']}",
            ),
        )
        for call in answer.calls[:_MOST_CALLS]
    ]
    some = f", the first {len(rows)} of them" if answer.calls_in_all > len(rows) else ""
    head = _row("th", ("time", "extension", "why", "record"))
    return (
        f'<h2>{what}: {answer.calls_in_all:,}{some}</h2>\n<div class="wide"><table>{head}{"".join(rows)}</table></div>'
    )


def _row(tag: str, texts: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts) + "</tr>"
