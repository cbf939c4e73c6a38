#include "exporter/top/top.hpp"

#include <langinfo.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string_view>
#include <thread>

#include "exporter/top/session.hpp"

namespace ganesha::exporter::top {
namespace {

// The Linux console reports UTF-8 but has no bars in its font.
bool on_linux_console() {
  const char* const terminal = std::getenv("TERM");
  return terminal && std::string_view(terminal) == "linux" && ::isatty(STDOUT_FILENO);
}

Charset charset(const TopOptions& flags) {
  std::setlocale(LC_CTYPE, "");
  const bool utf8 = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  return utf8 && !flags.ascii && !on_linux_console() ? Charset::utf8 : Charset::ascii;
}

void print(const TopOptions& flags, boost::asio::io_context& loop, const HttpClient& exporter,
           Charset charset) {
  const View view(flags);
  const unsigned refreshes = flags.iterations.value_or(1);
  const std::size_t columns = size_of_output().value_or(Size{any_width, 0}).columns;
  for (unsigned refresh = 1;; ++refresh) {
    std::optional<StatusSnapshot> snapshot;
    try {
      snapshot = ask_now(loop, exporter, target(view, flags.rows));
    } catch (const std::runtime_error& error) {
      if (refresh == 1) throw;  // An exporter that responded before may come back.
      std::cerr << "ganesha_exporter: " << error.what() << '\n';
    }
    if (snapshot) {
      const RenderOptions render{snapshot->time, charset};
      std::cout << plain(view, *snapshot, {exporter.address(), flags.interval}, render, columns)
                << std::flush;
    }
    if (!std::cout) throw std::runtime_error("cannot write to standard output");
    if (refresh == refreshes) return;
    std::this_thread::sleep_for(flags.interval);
    std::cout << '\n';
  }
}

}  // namespace

int run(const TopOptions& flags, const ClientSettings& settings) {
  boost::asio::io_context loop(1);
  const HttpClient exporter(loop, settings);
  const bool live = !flags.batch && ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
  if (live) {
    Session(loop, exporter, flags, charset(flags)).run();
  } else {
    print(flags, loop, exporter, charset(flags));
  }
  return 0;
}

}  // namespace ganesha::exporter::top
