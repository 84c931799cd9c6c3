"""How the form changes while it is filled in."""


def on_change_incident(username, form):
    """An incident says why; who works on one need not."""
    has_incident = bool(form.fields["incident"].value)
    form.fields["reason"].required = not has_incident
    form.fields["reason"].label = "Anything to add?" if has_incident else "Why do you need it?"
    form.additional_header_text = "Readers need no approval while they work on an incident." if has_incident else None
    return form
