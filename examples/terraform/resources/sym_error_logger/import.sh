# By its destination without the #.
terraform import sym_error_logger.errors sym-errors
