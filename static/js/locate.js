// Finds districts by where the device is: <form data-locate hidden> with the
// hidden fields lat and lon. The place travels by POST, never in a link.
for (const form of document.querySelectorAll("form[data-locate]")) {
  if (!navigator.geolocation) continue;
  form.hidden = false;
  const failed = form.querySelector("[data-locate-failed]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    failed.hidden = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(5);
        form.elements.lon.value = coords.longitude.toFixed(5);
        form.submit();
      },
      () => {
        failed.hidden = false;
      },
      { timeout: 10000, maximumAge: 600000 },
    );
  });
}
