"""Where the audit log is sent, one file each: the type of a ``sym_log_destination`` is its module's name."""
