"""The part of the engine that lives inside the process under test.

``sitecustomize`` loads ``codex_repair_hook`` when CODEX_REPAIR_SOCKET is set. The process of the test command then
stops right before it imports the first module of the workspace and serves forks from there (the *cold* server): each
child carries an overlay of changed source files and goes on as if nothing had happened. One such child goes on until
the tests are collected and serves forks from there (the *hot* server): its children only swap the code objects of
the changed functions and run tests at once.
"""
