// A comparison of passwords that takes as long as a test wants.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace ganesha::test {

class Gate {
 public:
  ~Gate() { open(); }

  /// The hash of a password is "hash of " and the password.
  bool match(const std::string& password, const std::string& hash) {
    std::unique_lock lock(mutex_);
    begun_.push_back(password);
    changed_.wait(lock, [this] { return open_ || allowed_ > 0; });
    if (!open_) --allowed_;
    return hash == "hash of " + password;
  }

  void allow(int more) {
    const std::lock_guard lock(mutex_);
    allowed_ += more;
    changed_.notify_all();
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// The passwords of all comparisons so far.
  std::vector<std::string> begun() const {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int allowed_ = 0;
  bool open_ = false;
  std::vector<std::string> begun_;
};

}  // namespace ganesha::test
