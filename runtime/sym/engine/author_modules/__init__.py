"""What authors' code asks of ``sym.sdk.integrations``, done in the worker: one module here for each there."""
