"""Every variable of the environment there is, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name, what holds without it, and what it is for. Markdown."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("SYM_STORE_URL", "a SQLite file in the user's data directory",
             "Where everything is kept: `sqlite:////path/store.db` (four slashes) or `postgresql://user@host/name`."),
    Variable("SYM_KEYS_DIR", "`keys` beside the SQLite file, or in the user's data directory",
             "The folder with the signing keys, mode 0700; its files have mode 0600."),
    Variable("SYM_API_URL", "none", "The server that `symflow runs` and the Terraform provider talk to, such as "
             "`https://sym.example.com/api/v1`. Not together with `SYM_STORE_URL`."),
    Variable("SYM_JWT", "none", "A token of `symflow tokens issue`: who acts through `SYM_API_URL`, or on the store."),
    Variable("SYM_SECRET_…", "none", "Secrets of the source `env`: no other variable can be read by flows."),
    Variable("SYM_SECRETS_DIR", "none", "The folder below which the secret source `file` reads. It must exist."),
    Variable("SYM_HANDLER_FOLDERS", "none", "Folders that authors' code may read and write, separated by `:`. On Linux "
             "with Landlock it can touch no other files."),
    Variable("SYM_HANDLER_MEMORY_MB", "`512`", "Memory of one call of authors' code, in MiB, from 64 to 65536."),
    Variable("SYM_LEDGER_DIR", "`ledger` beside the SQLite file, or in the user's data directory",
             "The folder with the list of leases that is kept beside the store; put it on another disk, and keep it."),
    Variable("SYM_AUDIT_ANCHOR", "`<store>.audit-anchor.jsonl` beside the SQLite file, or in the user's data directory",
             "Where seals of the audit log are written down: a file, `s3://bucket/prefix`, or `off`."),
    Variable("SYM_AUDIT_SPOOL", "`<store>.audit-spool.jsonl` beside the SQLite file, or in the user's data directory",
             "The file for entries of endings while the audit log cannot be written."),
    Variable("SYM_AUDIT_RETENTION", "for ever", "How long audit entries are kept, such as `400d` or `7y`."),
    Variable("SYM_SERVICE_URLS", "none", "Where services are reached in place of where they are, such as a proxy: "
             "`api.github.com=https://proxy.example.com/github`, several separated by commas."),
    Variable("SYM_DRIFT_EVERY", "`1h`", "How often what services grant is compared with what was approved, from `5m` "
             "to `7d`, or `off`. Nothing is changed by it."),
    Variable("SYM_DIRECTORY_EVERY", "`1h`", "How often it is compared who has left the Slack workspace, from `5m` to "
             "`7d`, or `off`. It is done when a server starts, too."),
    Variable("SYM_RATE_LIMIT", "`3000/m`", "How often one token may call the API, at once and on average: calls per "
             "`s`, `m` or `h`, such as `600/m`, or `off`. Callers without a good token share what their address has. "
             "Each server process counts for itself."),
    Variable("SYM_LOG_LEVEL", "`INFO`", "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."),
    Variable("SYM_LOG_FORMAT", "`console` on a terminal, else `json`",
             "How a server writes its log to stderr: `json`, an object a line, or `console`, for people."),
    Variable("SYM_METRICS", "`on`", "`on`: Prometheus reads `/metrics` on the API's port, without a token. "
             "`HOST:PORT`: there instead, such as `127.0.0.1:9464`. `off`: nowhere."),
    Variable("SYM_SLACK_BOT_TOKEN", "none", "The bot token of the Slack workspace (`xoxb-…`). Nothing of Slack set: "
             "nobody is told anything there."),
    Variable("SYM_SLACK_SIGNING_SECRET", "none", "The app's signing secret: proves that a request comes from Slack. "
             "Needed unless Socket Mode is used."),
    Variable("SYM_SLACK_APP_TOKEN", "none", "The app-level token (`xapp-…`, scope `connections:write`): Socket Mode, "
             "for servers that Slack cannot reach. Needs the bot token too."),
    Variable("SYM_SLACK_CLIENT_ID", "none", "The app's client id: more workspaces can be linked at `/slack/install`."),
    Variable("SYM_SLACK_CLIENT_SECRET", "none", "The client secret that goes with it."),
    Variable("SYM_SLACK_API_URL", "`https://slack.com/api/`", "Where Slack's Web API is; another one for a simulator."),
    Variable("SYM_OIDC_ISSUER", "none", "The OpenID Connect issuer that people log in at (`symflow login`), exactly as "
             "its tokens name it, such as `https://id.example.com`. Nothing of OIDC set: nobody can log in."),
    Variable("SYM_OIDC_CLIENT_ID", "none", "What the command line is called there: a public client."),
    Variable("SYM_OIDC_PUBLIC_SECRET", "none", "A client secret that is none: for issuers that want one from programs "
             "everybody can read, such as Google. `GET /login` shows it to whoever asks."),
    Variable("SYM_OIDC_SCOPES", "`openid email profile offline_access`", "What a login asks for. `offline_access` is "
             "left out where the issuer does not offer it."),
    Variable("SYM_OIDC_ROLES", "none", "Roles of the issuer's groups, such as `platform=admin,everyone=member`: set at "
             "every login, the most powerful counts. Unset: the issuer has no say in roles."),
    Variable("SYM_OIDC_GROUPS_CLAIM", "`groups`", "The claim of the ID token that lists groups."),
    Variable("SYM_OIDC_EMAILS", "`verified`", "`verified`: an e-mail address counts only with `email_verified: true`. "
             "`all`: also where the issuer does not say; for one where only administrators set addresses."),
)  # fmt: skip
"""Every variable there is; the reference page is written from it."""
