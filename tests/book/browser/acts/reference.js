// page: api/queue_8h.html
// The reference turns dark and light with the book, whose choice it reads, and
// leads back to the chapters.
const root = document.documentElement;
const colour = () => getComputedStyle(document.body).backgroundColor;
const before = colour();
document.querySelector('.theme').click();
if (colour() === before) throw new Error('the button changes nothing');
const chosen = root.dataset.theme;
delete root.dataset.theme;
const page = document.createElement('script'); // as a page of the book does
page.src = '../style/theme.js';
await new Promise((done) => {
  page.addEventListener('load', done);
  document.head.append(page);
});
if (root.dataset.theme !== chosen) throw new Error('the book does not know');
localStorage.removeItem('theme');
const back = [...document.querySelectorAll('.used-in a')];
if (!back.some((a) => a.href.includes('/04_queues.html#')))
  throw new Error('no way back to the chapter on queues');
