terraform import sym_strategy.groups okta:groups
terraform import sym_strategy.ledger custom:ledger
