"""What administrators do: rules over several tables, the same for the API and the command line."""
