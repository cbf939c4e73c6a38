"""A reverse proxy that serves a server below a path."""
import contextlib

from .http import LoopbackServer, http_get

# Of one connection, not of the response.
HOP_BY_HOP = {'connection', 'content-length', 'date', 'server'}


class PrefixProxy(LoopbackServer):
    """As nginx with `location /ganesha/ { proxy_pass http://ADDRESS/; }`. `url` is where the server's / is."""

    def __init__(self, address, prefix='/ganesha/'):
        host, _, port = address.rpartition(':')
        self.server_address = host.strip('[]'), int(port)
        self.prefix = prefix

    @property
    def url(self):
        return f'http://{self.address}{self.prefix}'

    def get(self, request):
        if request.path + '/' == self.prefix:
            self.send(request, 301, {'Location': self.prefix}, b'')
        elif request.path.startswith(self.prefix):
            self.pass_on(request, '/' + request.path.removeprefix(self.prefix))
        else:
            self.send(request, 404, {}, b'')

    def pass_on(self, request, target):
        response = http_get(*self.server_address, target, dict(request.headers))
        headers = {name: value for name, value in response.headers.items() if name.lower() not in HOP_BY_HOP}
        self.send(request, response.status, headers, self.changed(response.body))

    def changed(self, body):
        """What a test puts in its place."""
        return body

    @staticmethod
    def send(request, status, headers, body):
        request.send_response(status)
        for name, value in {**headers, 'Content-Length': str(len(body))}.items():
            request.send_header(name, value)
        # A browser may have given the request up.
        with contextlib.suppress(ConnectionError):
            request.end_headers()
            request.wfile.write(body)
