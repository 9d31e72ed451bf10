"""The command line: one file per verb; a verb parses, calls one function, prints.

`main` finds the verb and explains errors. Other rooms are imported inside function bodies, so that
`thinkling --help` loads none of them.
"""
