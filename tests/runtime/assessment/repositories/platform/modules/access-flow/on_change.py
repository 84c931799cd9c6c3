def on_change_target_id(username, form):
    form.fields["witness"].required = True
    return form
