import time, json
def test_try(terraform, store):
    terraform.write('''terraform {
required_providers {
sym = { source = "symopsio/sym" }
}
}
provider "sym" { org = "acme" }
resource "sym_target" "a" {
 type = "custom"
 name = "A"
}
''')
    for f in (terraform.apply, terraform.assert_empty_plan, terraform.show_json, terraform.destroy):
        t=time.time(); f(); print(f.__name__, time.time()-t)
def test_cold(cold, store):
    terraform = cold("x")
    terraform.write('''terraform {
required_providers {
sym = { source = "symopsio/sym" }
}
}
provider "sym" { org = "acme" }
resource "sym_target" "a" {
 type = "custom"
 name = "A"
}
''')
    for f in (terraform.apply, terraform.assert_empty_plan, terraform.show_json, terraform.destroy):
        t=time.time(); f(); print(f.__name__, time.time()-t)
