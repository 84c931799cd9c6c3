"""The verbs of the API, one file each, named after what it does; a module's ``router`` is found by being here."""
