"""How the form changes while it is filled in."""

from sym.sdk.forms import FieldOption


def on_change_write(username, form):
    """Who writes says to which rows, and hears that an admin decides."""
    writes = bool(form.fields["write"].value)
    for name in ("rows", "tables"):
        form.fields[name].visible = writes
        form.fields[name].required = writes and name == "tables"
    form.additional_header_text = "An admin decides about writing." if writes else None
    if username.endswith("@contractors.example.com"):
        form.fields["tables"].current_allowed_values = [FieldOption(value="invoices", label="invoices")]
    return form
