# expect: error type its value here is null
data "sym_target" "data_type_null" {
  type = null
  name = "x"
}
