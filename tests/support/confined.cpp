// Runs a program under a filter of system calls, as systemd does for a unit:
//   confined RULES PROGRAM [ARGUMENT...]
// Like under systemd, a denied call fails and the program goes on. Unlike there, standard error gets a line
// `denied: NAME(FIRST ARGUMENT)`, so that a test notices. RULES is what tests/support/harness/confined.py
// makes of a unit: a line `allow NAME` per system call and `family NUMBER` per address family, and one `errno
// NUMBER`. Memory is never writable and executable (MemoryDenyWriteExecute=), and there are no new namespaces
// (RestrictNamespaces=). It needs PR_SET_NO_NEW_PRIVS or CAP_SYS_ADMIN.

#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

struct Rules {
  std::set<std::string> allowed;
  std::vector<unsigned> families;
  int error = EPERM;  // of a denied call
};

// What a watcher is sent beside the descriptor.
constexpr char token = 'n';

void check(int result, const std::string& what) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), what);
}

Rules read_rules(const char* path) {
  std::ifstream file(path);
  Rules rules;
  for (std::string kind, value; file >> kind >> value;) {
    if (kind == "allow") rules.allowed.insert(value);
    if (kind == "family") rules.families.push_back(static_cast<unsigned>(std::stoul(value)));
    if (kind == "errno") rules.error = std::stoi(value);
  }
  if (rules.allowed.empty() || rules.families.empty())
    throw std::runtime_error(std::string(path) + " is incomplete");
  return rules;
}

// Names of other architectures resolve to nothing.
void allow(scmp_filter_ctx filter, const std::string& name, std::vector<scmp_arg_cmp> arguments = {}) {
  const int number = seccomp_syscall_resolve_name(name.c_str());
  if (number < 0) return;
  check(seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, static_cast<unsigned>(arguments.size()),
                               arguments.data()),
        name);
}

// If its argument has none of these bits.
void allow_without(scmp_filter_ctx filter, const std::string& name, unsigned argument, scmp_datum_t bits) {
  allow(filter, name, {{argument, SCMP_CMP_MASKED_EQ, bits, 0}});
}

void restrict_memory(scmp_filter_ctx filter) {
  constexpr scmp_datum_t both = PROT_WRITE | PROT_EXEC;
  for (const scmp_datum_t one : {PROT_NONE, PROT_WRITE, PROT_EXEC})
    allow(filter, "mmap", {{2, SCMP_CMP_MASKED_EQ, both, one}});
  allow_without(filter, "mprotect", 2, PROT_EXEC);
  allow_without(filter, "pkey_mprotect", 2, PROT_EXEC);
  allow_without(filter, "shmat", 2, SHM_EXEC);
}

void restrict_namespaces(scmp_filter_ctx filter) {
  allow_without(filter, "clone", 0,
                CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                    CLONE_NEWNET);
  // Its flags are in memory, where a filter cannot look: glibc is told to use clone.
  check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), "clone3");
}

scmp_filter_ctx filter_of(Rules rules) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_NOTIFY);
  if (!filter) throw std::runtime_error("libseccomp makes no filter that notifies");
  for (const unsigned family : rules.families) allow(filter, "socket", {{0, SCMP_CMP_EQ, family, 0}});
  restrict_memory(filter);
  restrict_namespaces(filter);
  for (const char* restricted :
       {"socket", "mmap", "mprotect", "pkey_mprotect", "shmat", "clone", "clone3", "unshare", "setns"})
    rules.allowed.erase(restricted);
  for (const std::string& name : rules.allowed) allow(filter, name);
  return filter;
}

// A message with room for one descriptor.
struct DescriptorMessage {
  DescriptorMessage() {
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = space;
    header.msg_controllen = sizeof space;
  }

  char content = token;
  iovec part{&content, 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};
};

void send_descriptor(int connection, int descriptor) {
  DescriptorMessage message;
  cmsghdr* const control = CMSG_FIRSTHDR(&message.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
  if (sendmsg(connection, &message.header, 0) != 1)
    throw std::runtime_error("the watcher takes no descriptor");
}

// -1 if the other end closed without sending one.
int receive_descriptor(int connection) {
  DescriptorMessage message;
  if (recvmsg(connection, &message.header, MSG_CMSG_CLOEXEC) != 1) return -1;
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message.header)), sizeof descriptor);
  return descriptor;
}

std::string name_of(const seccomp_data& call) {
  char* const name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call.nr);
  std::string text = name ? name : std::to_string(call.nr);
  free(name);
  return text;
}

void report(const seccomp_data& call) {
  const std::string line = "denied: " + name_of(call) + '(' + std::to_string(call.args[0]) + ")\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

// As RestrictAddressFamilies= has it.
int error_of(const seccomp_data& call, const Rules& rules) {
  return call.nr == SCMP_SYS(socket) ? EAFNOSUPPORT : rules.error;
}

// Reports and answers denied calls until no process is left under the filter.
void watch(int notifications, const Rules& rules) {
  seccomp_notif* request = nullptr;
  seccomp_notif_resp* answer = nullptr;
  check(seccomp_notify_alloc(&request, &answer), "seccomp_notify_alloc");
  pollfd events{notifications, POLLIN, 0};
  while (poll(&events, 1, -1) > 0 && (events.revents & POLLIN)) {
    std::memset(request, 0, sizeof *request);
    if (seccomp_notify_receive(notifications, request) != 0) continue;  // A signal ended the call.
    report(request->data);
    *answer = {request->id, 0, -error_of(request->data, rules), 0};
    seccomp_notify_respond(notifications, answer);
  }
}

// The watcher is the child, so that the program has the process id that its starter knows.
[[noreturn]] void be_watcher(int connection, const Rules& rules) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int notifications = receive_descriptor(connection);
  if (notifications >= 0) watch(notifications, rules);
  _exit(0);
}

void confine(const Rules& rules) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error("no socketpair");
  const scmp_filter_ctx filter = filter_of(rules);
  if (fork() == 0) {
    close(ends[0]);
    be_watcher(ends[1], rules);
  }
  close(ends[1]);
  check(seccomp_load(filter), "seccomp_load");
  const int notifications = seccomp_notify_fd(filter);
  check(notifications, "seccomp_notify_fd");
  send_descriptor(ends[0], notifications);
  close(notifications);
  close(ends[0]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: confined RULES PROGRAM [ARGUMENT...]\n";
    return 2;
  }
  try {
    confine(read_rules(argv[1]));
    execvp(argv[2], argv + 2);
    std::cerr << "confined: cannot run " << argv[2] << ": " << std::strerror(errno) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "confined: " << error.what() << '\n';
  }
  return 2;
}
