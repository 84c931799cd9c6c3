# expect: error - An argument named "slug" is not expected here
data "sym_runtime" "data_unknown_attribute" {
  name = "x"
  slug = "x"
}
