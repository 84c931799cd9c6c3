terraform import sym_runtime.main main
