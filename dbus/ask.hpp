// The two ways to ask Ganesha: one query, or many at a time within the bus's window. Used by the *_mgr
// classes and the exporter's collectors.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "bus.hpp"
#include "methods.hpp"

namespace ganesha::dbus {

// Entries of a long array that are decoded in one turn of the loop: about a millisecond's worth.
inline constexpr std::size_t entries_at_once = 250;

// Lets everything run that waits for the loop.
inline boost::asio::awaitable<void> next_turn() { co_await boost::asio::post(boost::asio::use_awaitable); }

// The reply's record, or why there is none. Long arrays are decoded in several turns of the loop.
template <class T>
boost::asio::awaitable<result<T>> ask(Bus& bus, Query<T> query) {
  const auto reply = co_await bus.call(query.method, std::move(query.argument));
  co_return decode(reply, query.decode());
}

template <class T>
requires is_array_reply<T> boost::asio::awaitable<result<T>> ask(Bus& bus, Query<T> query) {
  const auto reply = co_await bus.call(query.method, std::move(query.argument));
  if (!reply) co_return reply.error();
  ArrayDecoder<T> decoder(*reply, array_of<T>);
  while (decoder.read(entries_at_once)) co_await next_turn();
  co_return std::move(decoder).finish();
}

// Whether an error only says that there is nothing to report: no activity, or an entry that went away between
// the list and the call.
inline bool has_nothing_to_report(const Error& error) {
  return error.code == errc::no_activity || error.code == errc::refused;
}

// A query, and what it is about: ask_each() hands that back with the record.
template <class Key, class T>
struct KeyedQuery {
  Key key;
  Query<T> query;
};

template <class Key, class T>
struct KeyedRecord {
  Key key;
  T record;
};

// The records of all queries, in their order, without those whose error `is_tolerated`. Any other error ends
// it; a timeout among them is the one returned.
template <class Key, class T>
boost::asio::awaitable<result<std::vector<KeyedRecord<Key, T>>>> ask_each(
    Bus& bus, std::vector<KeyedQuery<Key, T>> queries,
    std::function<bool(const Error&)> is_tolerated = has_nothing_to_report) {
  std::vector<std::optional<T>> records(queries.size());
  std::optional<Error> error;
  const auto request = [&](std::size_t i) {
    return Request{queries[i].query.method, queries[i].query.argument};
  };
  const auto take = [&](std::size_t i, const result<Message>& reply) {
    auto record = decode(reply, queries[i].query.decode());
    if (record)
      records[i] = std::move(*record);
    else if (!is_tolerated(record.error()) && (!error || record.error().code == errc::timed_out))
      error = std::move(record).error();
    return !error;
  };
  co_await bus.call_each(queries.size(), request, take);
  if (error) co_return *std::move(error);
  std::vector<KeyedRecord<Key, T>> found;
  for (std::size_t i = 0; i < queries.size(); ++i)
    if (records[i]) found.push_back({std::move(queries[i].key), std::move(*records[i])});
  co_return found;
}

}  // namespace ganesha::dbus
