// Finds districts by where the device is: <form data-locate hidden> with the
// hidden fields lat, lon and accuracy. The device is asked only when the button
// is pressed; the place travels by POST, never in a link. The sentences for what
// goes on stand in the attributes of [data-locate-status].
const faults = { 1: "denied", 2: "unavailable", 3: "timeout" }; // codes of GeolocationPositionError

for (const form of document.querySelectorAll("form[data-locate]")) {
  if (!navigator.geolocation) continue;
  const status = form.querySelector("[data-locate-status]");
  const button = form.querySelector("button");
  let busy = false;
  const say = (what) => {
    busy = what === "busy";
    button.setAttribute("aria-disabled", busy); // not disabled: it keeps the focus
    status.textContent = what ? status.dataset[what] : "";
    status.classList.toggle("locate-fault", Boolean(what) && !busy);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    say("busy");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(5);
        form.elements.lon.value = coords.longitude.toFixed(5);
        form.elements.accuracy.value = Math.ceil(coords.accuracy);
        form.submit();
      },
      (error) => say(faults[error.code] ?? "unavailable"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
  // Going back finds the form as it was at first: no place in it, not at work.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const name of ["lat", "lon", "accuracy"]) form.elements[name].value = "";
    say("");
  });
  form.hidden = false;
}
