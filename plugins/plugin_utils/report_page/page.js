// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
(() => {
  const list = document.querySelector(".devices");
  const form = document.querySelector(".controls");
  const told = form.querySelector("output");
  const devices = [...list.children].map((element, place) => ({
    element,
    place,
    ...element.dataset,
    text: element.textContent.toLowerCase(),
    worries: [...element.querySelectorAll(".tag")].map((tag) => tag.textContent),
  }));

  const wanted = () => {
    const chosen = Object.fromEntries(new FormData(form));
    const words = chosen.search.toLowerCase().split(/\s+/).filter(Boolean);
    return (device) =>
      words.every((word) => device.text.includes(word)) &&
      (!chosen.worry || device.worries.includes(chosen.worry)) &&
      (!chosen.state || device.state === chosen.state) &&
      (!chosen.version || device.version === chosen.version);
  };

  const show = () => {
    const isWanted = wanted();
    let shown = 0;
    for (const device of devices) {
      const keep = isWanted(device);
      shown += keep;
      if (device.element.hidden === keep) device.element.hidden = !keep;
    }
    told.textContent = `${shown} of ${devices.length}`;
  };

  // What is not known stands last, and what is equal stays as the page had it.
  const sort = () => {
    const key = form.elements.order.value;
    const before = (one, other) => {
      if (!key || one[key] === other[key]) return one.place - other.place;
      if (!one[key] || !other[key]) return one[key] ? -1 : 1;
      return one[key] < other[key] ? -1 : 1;
    };
    list.append(...[...devices].sort(before).map((device) => device.element));
  };

  form.addEventListener("input", show);
  form.elements.order.addEventListener("change", sort);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { sort(); show(); }));
  form.hidden = false;
  show();
})();
