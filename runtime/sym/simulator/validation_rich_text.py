"""The rules of ``rich_text``."""

from __future__ import annotations

from sym.simulator.validation_rules import Rule, array, boolean, by_type, integer, one_of, record, string

_STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "highlight", "client_highlight", "unlink"), boolean))
_TEXT_STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_ID = string(255)


def _inline(
    kind: str, required: dict[str, Rule], optional: dict[str, Rule] | None = None, style: Rule = _STYLE
) -> Rule:
    return record({"type": one_of(kind), **required}, {**(optional or {}), "style": style})


_INLINE = by_type(
    {
        "text": _inline("text", {"text": string(40_000)}, style=_TEXT_STYLE),
        "link": _inline("link", {"url": string(3000)}, {"text": string(40_000), "unsafe": boolean}, _TEXT_STYLE),
        "user": _inline("user", {"user_id": _ID}),
        "channel": _inline("channel", {"channel_id": _ID}),
        "usergroup": _inline("usergroup", {"usergroup_id": _ID}),
        "team": _inline("team", {"team_id": _ID}),
        "emoji": _inline("emoji", {"name": string(255)}, {"unicode": string(255), "url": string(3000)}),
        "broadcast": _inline("broadcast", {"range": one_of("here", "channel", "everyone")}),
        "date": _inline(
            "date", {"timestamp": integer(0, 10**12), "format": string(255)},
            {"url": string(3000), "fallback": string(3000)},
        ),
    },
    "rich text",
)  # fmt: skip
_SECTION = record({"type": one_of("rich_text_section"), "elements": array(_INLINE, 0, 1000)})
_BORDER: dict[str, Rule] = {"border": one_of(0, 1)}


def _block(kind: str) -> Rule:
    return record({"type": one_of(kind), "elements": array(_INLINE, 0, 1000)}, _BORDER)


_PARTS = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": record(
            {
                "type": one_of("rich_text_list"), "style": one_of("bullet", "ordered"),
                "elements": array(_SECTION, 1, 1000),
            },
            {"indent": integer(0, 8), "offset": integer(0, 10_000), **_BORDER},
        ),
        "rich_text_quote": _block("rich_text_quote"),
        "rich_text_preformatted": _block("rich_text_preformatted"),
    },
    "rich text",
)  # fmt: skip

rich_text: Rule = record({"type": one_of("rich_text"), "elements": array(_PARTS, 1, 1000)}, {"block_id": string(255)})
