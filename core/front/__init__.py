"""The shop's own front: what comes by HTTP is taken in whole before a thread is given to it (decision 0016).

The server (granian, Rust) has the sockets; one event loop a process reads bodies, in bounded time and space, and
answers at once what needs no thread; a few threads do what a WSGI application does.
"""
