// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
(() => {
  const list = document.querySelector(".devices");
  const form = document.querySelector(".controls");
  const more = document.querySelector(".more");
  const told = form.querySelector("output");
  const devices = [...list.children].map((element, place) => ({
    element,
    place,
    ...element.dataset,
    text: element.textContent.toLowerCase(),
    worries: [...element.querySelectorAll(".tag")].map((tag) => tag.textContent),
  }));

  const isWanted = () => {
    const chosen = Object.fromEntries(new FormData(form));
    const words = chosen.search.toLowerCase().split(/\s+/).filter(Boolean);
    return (device) =>
      words.every((word) => device.text.includes(word)) &&
      (!chosen.worry || device.worries.includes(chosen.worry)) &&
      (!chosen.state || device.state === chosen.state) &&
      (!chosen.version || device.version === chosen.version);
  };

  // A browser lays out a few hundred devices at once in no time, and thousands in many seconds.
  const STEP = 200;
  let most = STEP;
  let order = devices;

  const show = () => {
    const wanted = order.filter(isWanted());
    list.replaceChildren(...wanted.slice(0, most).map((device) => device.element));
    more.hidden = wanted.length <= most;
    told.textContent = `${wanted.length} of ${devices.length}`;
  };

  const showFromTop = () => {
    most = STEP;
    show();
  };

  // What is not known stands last, and what is equal stays as the page had it.
  const sort = () => {
    const key = form.elements.order.value;
    order = [...devices].sort((one, other) => {
      if (!key || one[key] === other[key]) return one.place - other.place;
      if (!one[key] || !other[key]) return one[key] ? -1 : 1;
      return one[key] < other[key] ? -1 : 1;
    });
    showFromTop();
  };

  form.addEventListener("input", showFromTop);
  form.elements.order.addEventListener("change", sort);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(sort));
  more.addEventListener("click", () => {
    most += STEP;
    show();
  });
  form.hidden = false;
  show();
})();
