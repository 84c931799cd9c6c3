"""The pages of an installation: plain HTML, without scripts and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

PURPOSES: Mapping[str, str] = {
    "channels:history": "find a card again that may or may not have been posted",
    "channels:join": "post to public channels that flows name",
    "channels:read": "find the channels that flows name",
    "chat:write": "post requests, and keep them up to date",
    "chat:write.public": "post to public channels without being invited",
    "commands": "the slash command and the shortcut",
    "groups:history": "find a card again in a private channel it was invited to",
    "groups:read": "find private channels it was invited to",
    "im:history": "find its own direct messages again",
    "im:read": "tell flows who is in its direct messages",
    "im:write": "tell people what came of their requests",
    "mpim:history": "find its own group messages again",
    "mpim:read": "tell flows who is in its group messages",
    "mpim:write": "ask several people at once",
    "usergroups:read": "rules about who is in a user group",
    "users:read": "who somebody is, and who has left",
    "users:read.email": "know people by their e-mail address",
}
"""What each scope is for, as people read it."""

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 38rem; margin: 3rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }}
a.button {{ display: inline-block; padding: .6rem 1.2rem; border-radius: .4rem; background: #4a154b; color: #fff;
  text-decoration: none; font-weight: 600; }}
a.button:focus-visible {{ outline: 3px solid #1d9bd1; outline-offset: 2px; }}
dt {{ font-family: ui-monospace, monospace; font-size: .9rem; margin-top: .5rem; }}
dd {{ margin: 0 0 0 1rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def install_page(url: str, purposes: Mapping[str, str], scopes: Sequence[str]) -> str:
    """The page with Slack's button, which goes to ``url``, and what each of ``scopes`` is for."""
    listed = "".join(
        f"<dt>{escape(scope)}</dt><dd>{escape(purposes.get(scope, 'used by flows'))}</dd>" for scope in scopes
    )
    content = (
        "<p>Requests for access appear in your Slack workspace, and are decided there. Your workspace must be declared "
        "in Terraform first, as a <code>sym_integration</code> of type <code>slack</code>.</p>"
        f'<p><a class="button" href="{escape(url, quote=True)}">Add to Slack</a></p>'
        f"<h2>What Sym may do there</h2><dl>{listed}</dl>"
    )
    return _PAGE.format(title="Link a Slack workspace to Sym", content=content)


def linked_page(name: str, team_id: str) -> str:
    """The page after it worked."""
    content = (
        f"<p><strong>{escape(name)}</strong> ({escape(team_id)}) is linked. People can type <code>/sym</code> there "
        "now. You can close this page.</p>"
    )
    return _PAGE.format(title="The workspace is linked", content=content)


def failed_page(message: str, hint: str) -> str:
    """The page after it did not work."""
    return _PAGE.format(title="Not linked", content=f"<p>{escape(message)}</p><p>{escape(hint)}</p>")
