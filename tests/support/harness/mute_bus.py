"""A bus that lets clients in part of the way and then says nothing more."""
import socket
import threading

from .dbus_wire import DESTINATION, REPLY_SERIAL, RETURN, SENDER, SIGNATURE, message, serial_of, text

GREETINGS = 'nothing', 'authentication', 'hello', 'one hello'


def hello_reply(serial, name):
    """The bus's reply to the call Hello with this serial: the client's unique name."""
    fields = {REPLY_SERIAL: serial, DESTINATION: name, SENDER: 'org.freedesktop.DBus', SIGNATURE: 's'}
    return message(RETURN, fields, text(name))


class MuteBus:
    """Listens at `path`. `answers` is one of GREETINGS: how far each client comes, or, with `one hello`, only
    the first, third and so on says Hello successfully. Keeps all connections open until it is closed."""

    def __init__(self, path, answers):
        self.answers = answers
        self.accepted = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for one in (self.listener, *self.accepted):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def _accept(self):
        try:
            while True:
                client, _ = self.listener.accept()
                self.accepted.append(client)
                threading.Thread(target=self._greet, args=(client, len(self.accepted)), daemon=True).start()
        except OSError:
            return

    def _greet(self, client, number):
        try:
            if self.answers == 'nothing':
                return
            rest = self._authenticate(client)
            if self.answers == 'hello' or (self.answers == 'one hello' and number % 2):
                self._welcome(client, rest, f':1.{number}')
        except OSError:
            return

    @staticmethod
    def _until(client, data, end):
        while end not in data:
            more = client.recv(4096)
            if not more:
                raise OSError('closed')
            data += more
        return data

    def _authenticate(self, client):
        data = self._until(client, b'', b'BEGIN\r\n')
        client.sendall(b'DATA\r\nOK 00112233445566778899aabbccddeeff\r\n')
        if b'NEGOTIATE_UNIX_FD' in data:
            client.sendall(b'AGREE_UNIX_FD\r\n')
        return data.split(b'BEGIN\r\n', 1)[1]

    def _welcome(self, client, data, name):
        data = self._until(client, data, b'Hello\0')
        client.sendall(hello_reply(serial_of(data), name))
