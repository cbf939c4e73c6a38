// The live view: one loop that keys, signals and the exporter's answers wake, and nothing else.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <optional>

#include "exporter/top/status_client.hpp"
#include "exporter/top/terminal.hpp"

namespace ganesha::exporter::top {

class Session {
 public:
  /// Its first question, before it takes the terminal, fails like ask().
  Session(boost::asio::io_context& loop, const HttpClient& exporter, const TopOptions& flags,
          Charset charset);

  /// Until the person quits, a signal asks for the end, or `flags.iterations` are over.
  void run();

 private:
  boost::asio::awaitable<void> look_forever();
  boost::asio::awaitable<void> look();
  boost::asio::awaitable<void> wait();
  void look_soon();
  void wait_for_keys();
  bool take_keys();  ///< false: the end
  void wait_for_signals();
  void take_signal(int signal);
  void stop_until_continued();
  void draw();

  boost::asio::io_context& loop_;
  const HttpClient& exporter_;
  const TopOptions flags_;
  const Charset charset_;
  boost::asio::signal_set signals_;
  boost::asio::posix::stream_descriptor keys_;
  boost::asio::steady_timer pause_;
  std::optional<Terminal> terminal_;
  View view_;
  Report report_;
  unsigned looks_ = 0;
  bool look_now_ = false;
};

}  // namespace ganesha::exporter::top
