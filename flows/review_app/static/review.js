// Keys for the review page. Everything works without this file; it only saves the hand a way.
"use strict";

const typing = (target) => target.closest("textarea, select, input:not([type=radio])") !== null;

function press(id) {
  const target = document.getElementById(id);
  if (target) target.click();
  return target !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const choice = document.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
  const links = { u: "skip", "[": "before", "]": "after", b: "begin" };
  let taken = true;
  if (choice) {
    choice.checked = true;
    choice.focus();
  } else if (event.key === "/") {
    const field = document.getElementById("q");
    if (field) field.focus();
  } else if (event.key === "q") {
    window.location.assign("/");
  } else if (event.key === "Enter" && event.target.closest("a, button, summary") === null) {
    taken = press("save");
  } else if (event.key in links) {
    taken = press(links[event.key]);
  } else {
    taken = false;
  }
  if (taken) event.preventDefault();
});

// Bring the marked quote into sight: its place is where the picture's first yellow row is.
const picture = document.querySelector(".paper img");
if (picture) {
  const show = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 60;
    canvas.height = Math.round((60 * picture.naturalHeight) / picture.naturalWidth);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    for (let place = 0; place < data.length; place += 4) {
      if (data[place] > 200 && data[place + 1] > 170 && data[place + 2] < 190 && data[place] - data[place + 2] > 60) {
        const share = Math.floor(place / 4 / canvas.width) / canvas.height;
        picture.parentElement.scrollTop = Math.max(0, share * picture.height - 120);
        return;
      }
    }
  };
  if (picture.complete) show();
  else picture.addEventListener("load", show);
}
