// A browser on the hosted UI: follows redirects, keeps cookies, fills in the form.
export async function signIn(start, { email, password }) {
  const cookies = new Map();
  const visit = async (url, options = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...options, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    return response;
  };
  let url = new URL(start);
  let response = await visit(url);
  while (response.status === 302) {
    url = new URL(response.headers.get("location"), url);
    response = await visit(url);
  }
  const page = await response.text();
  const action = unescaped(/<form[^>]*action="([^"]*)"/.exec(page)[1]);
  const fields = new URLSearchParams({ username: email, password });
  for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
    fields.set(name, unescaped(value));
  }
  response = await visit(new URL(action, url), { method: "POST", body: fields });
  return new URL(response.headers.get("location"));
}

function unescaped(text) {
  return text.replaceAll("&#34;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
