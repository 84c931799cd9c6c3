# expect: error - string required
resource "sym_environment" "environment_list_of_maps" {
  name                = "e"
  log_destination_ids = [{}]
}
