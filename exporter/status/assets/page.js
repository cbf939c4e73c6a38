// Keeps the status page live: fetches it every poll interval, with the table order, filter and page that the
// reader has chosen, and replaces what changed. Without it the page works by its forms and links.
'use strict';

const interval = Math.max(Number(document.body.dataset.interval), 0.2) * 1000;
const lost = document.getElementById('lost');
let timer, running, reached = new Date();

// The files that a page goes with: their paths change with the version of the exporter.
const files = page => [...page.querySelectorAll('script[src], link[rel=stylesheet]')]
  .map(one => one.getAttribute('src') ?? one.getAttribute('href')).join();

// Takes the page of another version, which may have parts that this one lacks. Where two versions answer in
// turn, a page that was reloaded waits a minute before it does so again.
function renew() {
  const [{type}] = performance.getEntriesByType('navigation');
  if (type === 'reload' && performance.now() < 60_000) throw new Error('another version of it responds');
  location.reload();
}

// Text and class alone change where a screen reader listens or the reader types; other parts are replaced
// when they differ, and the focus returns to where it was.
function show(page) {
  const focused = document.activeElement?.id;
  for (const fresh of page.querySelectorAll('[data-live], [data-live-text], [data-live-class]')) {
    const old = document.getElementById(fresh.id);
    if (old.isEqualNode(fresh)) continue;
    if ('live' in fresh.dataset) old.replaceWith(document.adoptNode(fresh));
    else if ('liveClass' in fresh.dataset) old.className = fresh.className;
    else if (old.textContent !== fresh.textContent) old.textContent = fresh.textContent;
  }
  document.title = page.title;
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

function found() {
  reached = new Date();
  document.body.classList.remove('lost');
  if (lost.textContent) lost.textContent = '';
}

// The data is old: it is marked as such, and so is the tab.
function lose(why) {
  if (document.body.classList.contains('lost')) return;
  document.body.classList.add('lost');
  lost.textContent = `The exporter cannot be reached: ${why}. The data below is from ` +
    `${reached.toLocaleTimeString()} and is not being updated.`;
  document.title = 'The exporter cannot be reached';
}

async function refresh() {
  clearTimeout(timer);
  running?.abort();
  const mine = running = new AbortController();
  const patience = setTimeout(() => mine.abort(new Error('it does not respond')), Math.max(interval, 3000));
  try {
    const answer = await fetch(location.search || location.pathname, {cache: 'no-store', signal: mine.signal});
    if (!answer.ok) throw new Error(`it responds with status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (mine !== running) return;
    if (!page.getElementById('verdict')) throw new Error('the response is not the status page');
    if (files(page) === files(document)) {
      show(page);
      found();
    } else {
      renew();
    }
  } catch (error) {
    if (mine !== running) return;
    lose(error instanceof TypeError ? 'no connection' : error.message);
  } finally {
    clearTimeout(patience);
  }
  if (!document.hidden) timer = setTimeout(refresh, interval);
}

function go(query) {
  history.replaceState(null, '', query ? `?${query}` : location.pathname);
  refresh();
}

// What a form keeps of other choices is of the last answer: those in the URL are newer.
document.addEventListener('submit', event => {
  event.preventDefault();
  const used = event.submitter?.name ? event.submitter : event.target.querySelector('input[type=search]');
  const [table, what] = used.name.split('.');
  const chosen = new URLSearchParams(location.search);
  chosen.delete(`${table}.page`);
  if (what === 'sort') chosen.delete(`${table}.order`);
  chosen.delete(used.name);
  if (used.value !== '') chosen.set(used.name, used.value);
  go(chosen.toString());
});

document.addEventListener('click', event => {
  const link = event.target.closest('nav.pages a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(new URL(link.href).searchParams.toString());
});

document.addEventListener('input', event => event.target.form?.requestSubmit());

document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else refresh();
});

timer = setTimeout(refresh, interval);
