// A set of bounded size that forgets what was not asked for longest.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <map>

namespace ganesha::exporter {

template <class Key>
class LruSet {
 public:
  explicit LruSet(std::size_t most) : most_(most) {}

  /// A key that is found counts as used.
  bool contains(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return false;
    used_.splice(used_.begin(), used_, found->second);
    return true;
  }

  void insert(const Key& key) {
    if (contains(key)) return;
    used_.push_front(key);
    places_.emplace(key, used_.begin());
    if (used_.size() <= most_) return;
    places_.erase(used_.back());
    used_.pop_back();
  }

  void clear() {
    places_.clear();
    used_.clear();
  }

  std::size_t size() const { return used_.size(); }

 private:
  std::size_t most_;
  std::list<Key> used_;  // the last used first
  std::map<Key, typename std::list<Key>::iterator> places_;
};

}  // namespace ganesha::exporter
