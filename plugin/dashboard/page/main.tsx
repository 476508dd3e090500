import { render } from 'preact';
import { App } from './app.tsx';

// The token has become a cookie: it leaves the address, the history and every copied link.
if (new URLSearchParams(location.search).has('token')) history.replaceState(null, '', `/${location.hash}`);

const place = document.querySelector('#app');
if (place !== null) render(<App />, place);
