"""Files of Terraform and Python that a practitioner begins with, and old ones brought up to date.

``start`` writes a folder's first files, ``generation`` adds a flow to it, ``migration`` rewrites configurations of the
original's first and second major versions. Each answers with :class:`~sym.scaffolding.writing.Changes`; nothing is
written before all of them are known.
"""
