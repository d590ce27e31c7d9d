// page: 03_locks.html
// The button turns the page dark or light, and the next page knows.
const root = document.documentElement;
const button = document.querySelector('.theme');
const colour = () => getComputedStyle(document.body).backgroundColor;
const before = colour();
button.click();
if (colour() === before) throw new Error('the button changes nothing');
if (localStorage.getItem('theme') !== root.dataset.theme)
  throw new Error('the choice is not kept');
const chosen = root.dataset.theme;
delete root.dataset.theme;
const again = document.createElement('script'); // as the next page does
again.src = 'style/theme.js';
await new Promise((done) => {
  again.addEventListener('load', done);
  document.head.append(again);
});
if (root.dataset.theme !== chosen) throw new Error('the next page forgot');
localStorage.removeItem('theme');
