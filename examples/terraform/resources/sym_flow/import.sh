terraform import sym_flow.access access
