import type { KernelLink } from './kernel/link';
import { chooseLeg, type Choice } from './laptop/legs';
import type { Surroundings } from './laptop/surroundings';
import { jsonOf, LaptopError, type LaptopTransport } from './laptop/transport';
import { WatchedLaptop } from './laptop/watched';
import { idOf, isObject, partBytes, PROTOCOL_VERSION, readFromKernel, relayHello, toKernel } from './messages';
import type { FromKernel, LaptopLeg, Offer, Runs } from './messages';
import { ALONE, type Presence } from './presence';
import { errorOf, pair, PairingError, serverHello, type Paired } from './pairing';
import { Rate } from './rate';
import { Relay } from './relay';
import { AtRun } from './run';
import type { Action, LaptopState, SessionState } from './state';
import { protocolMismatch } from './texts';
import { isOnTheWay } from './view';

/** The ways to the laptop, as this page has them. */
export interface Laptops {
  lookAround(): Promise<Surroundings>;
  /** Whether somebody may look at this page. */
  isSeen(): boolean;
  direct(laptop: string): LaptopTransport;
  /** Opens the window, only inside a click; or `adopt`s the one that is still open from before a reload of the page. */
  popup(
    laptop: string,
    label: string,
    onClosed: (error: LaptopError) => void,
    how: 'open' | 'adopt',
  ): Promise<LaptopTransport>;
}

/** Where tokens live while the page lives (or the tab, at most). */
export interface Tokens {
  get(laptop: string): string | null;
  set(laptop: string, token: string | null): void;
}

/**
 * One kernel's connection in one page: kernel leg, laptop leg, pairing, relay. It decides what happens next and says
 * what stands (`changed`); it does nothing by a timer, and touches the browser's permission only once per click.
 */
export class Session {
  readonly state: SessionState;
  readonly atRun: AtRun;
  /** Told when a cell begins. */
  onRuns: (runs: Runs) => void = () => undefined;
  private readonly relayId = randomId();
  private laptop: WatchedLaptop | null = null;
  private relay: Relay | null = null;
  private token: string | null = null;
  private attempt = new AbortController();
  private readonly rate = new Rate();
  /** What the surroundings of this page last allowed. */
  private choice: Choice | null = null;

  constructor(
    private readonly offer: Offer,
    private readonly link: KernelLink,
    private readonly laptops: Laptops,
    private readonly tokens: Tokens,
    private readonly origin: string,
    private readonly changed: (state: SessionState) => void,
    private readonly presence: Presence = ALONE,
  ) {
    this.state = {
      laptopUrl: offer.laptop,
      kernel: { is: 'opening' },
      laptop: { is: 'idle', choice: null },
      legs: { laptop: 'direct', kernel: link.leg },
      status: null,
      rate: null,
      paused: false,
      takesOver: false,
      ranOnOlder: false,
    };
    const ranOnOlder = (is: boolean): void => {
      this.set({ ranOnOlder: is });
    };
    this.atRun = new AtRun(this.relayId, this.state, link, () => this.relay, ranOnOlder);
  }

  start(): void {
    this.presence.hold(this.relayId);
    this.link.start(() => relayHello(this.relayId, this.state.legs), {
      opened: () => {
        this.set({ kernel: { is: 'opening' }, status: null });
      },
      message: (data, buffers) => {
        this.fromKernel(data, buffers);
      },
      lost: (why) => {
        this.stopRelay();
        this.presence.watch(null, () => undefined);
        this.set({ kernel: { is: 'lost', why }, status: null, takesOver: false });
      },
    });
    this.changed(this.state);
  }

  /** The kernel offers itself again (%load_ext, %notesync connect). */
  wake(offer: Offer): void {
    if (offer.laptop !== this.state.laptopUrl && !offer.guessed) this.moveTo(offer.laptop);
    const { kernel, laptop } = this.state;
    if (kernel.is !== 'open') this.link.wake();
    else if (laptop.is === 'failed' || laptop.is === 'idle') void this.tryQuietly();
  }

  /** MUST run inside the user's click: `popup` opens a window. */
  press(action: Action): void {
    switch (action) {
      case 'connect':
        void this.connect(this.chosen() ?? 'direct', true);
        break;
      case 'popup':
        void this.connect('popup', true);
        break;
      case 'pause':
        this.set({ paused: true });
        this.stopRelay();
        this.link.send(toKernel.paused());
        break;
      case 'resume':
        this.set({ paused: false });
        this.link.wake();
        break;
      case 'dashboard':
        window.open(`${this.state.laptopUrl}/`, '_blank', 'noopener');
        break;
    }
  }

  /** The page goes away. */
  stop(): void {
    this.stopRelay();
    this.link.send(toKernel.bye());
    this.link.stop();
    this.presence.letGo();
    this.dropLaptop();
  }

  private fromKernel(data: unknown, buffers: ArrayBuffer[]): void {
    let message: FromKernel | null;
    try {
      message = readFromKernel(data);
    } catch (error) {
      const id = idOf(data);
      if (id !== null) this.link.send(toKernel.failed(id, 'bad_request', String(error)));
      return;
    }
    switch (message?.kind) {
      case 'hello':
        if (message.protocol !== PROTOCOL_VERSION) {
          this.fail(new PairingError('protocol_mismatch', protocolMismatch(PROTOCOL_VERSION, message.protocol)));
          return;
        }
        if (message.laptop !== null && message.laptop !== this.state.laptopUrl) this.moveTo(message.laptop);
        this.greeted(message.role, message.carrier);
        break;
      case 'request':
        if (this.relay) this.relay.request(message, buffers[0] ?? null);
        else if (!this.state.paused) this.refuse(message.id);
        break;
      case 'cancel':
        this.relay?.cancel(message.id);
        break;
      case 'status':
        this.set({
          status: message,
          rate: this.rate.take(message.progress, performance.now()),
          takesOver: this.state.takesOver && isOnTheWay(message.state),
        });
        break;
      case 'answer':
        this.atRun.answered(message);
        break;
      case 'runs':
        this.onRuns(message);
        break;
      case 'ping':
        this.link.send(toKernel.pong());
        break;
      case 'bye':
        this.stopRelay();
        this.set({ kernel: { is: 'lost', why: 'unloaded' } });
        break;
      case undefined:
        break;
    }
  }

  /** After an open, or when the kernel gives this page another role: who is told to stand by does not offer itself. */
  private greeted(role: 'carrier' | 'standby', carrier: string | null): void {
    const { kernel, laptop, status } = this.state;
    const stoodBy = kernel.is === 'open' && kernel.role === 'standby';
    const takesOver = role === 'carrier' && laptop.is === 'ready' && (stoodBy || this.state.takesOver);
    // What the kernel said while another page carried does not hold any more.
    this.set({ kernel: { is: 'open', role }, takesOver, status: takesOver && stoodBy ? null : status });
    this.presence.watch(role === 'standby' ? carrier : null, () => {
      this.isGone(carrier ?? '');
    });
    if (kernel.is === 'open' && role === 'standby') return;
    if (laptop.is !== 'ready') {
      if (this.mayTryByItself()) void this.tryQuietly();
    } else if (kernel.is !== 'open' || kernel.role === 'standby' || this.relay === null) {
      this.announce();
    }
  }

  /** The page for which this one stands by has ended: the kernel, which did not see it, lets this one go on. */
  private isGone(carrier: string): void {
    this.set({ takesOver: this.state.laptop.is === 'ready' });
    this.link.send(toKernel.gone(carrier));
  }

  /** A request that crossed the loss of the laptop. */
  private refuse(request: number): void {
    const { laptop } = this.state;
    const { code, message } =
      laptop.is === 'failed' ? laptop : { code: 'laptop_unreachable', message: 'the page is not connected' };
    this.link.send(toKernel.failed(request, code, message));
  }

  private isUnderWay(): boolean {
    return ['trying', 'pairing', 'ready'].includes(this.state.laptop.is);
  }

  /** What the user or the browser refused is left to the user. */
  private mayTryByItself(): boolean {
    const { laptop } = this.state;
    return laptop.is === 'idle' || (laptop.is === 'failed' && laptop.code === 'laptop_unreachable');
  }

  private async choose(): Promise<Choice> {
    return (this.choice = chooseLeg(await this.laptops.lookAround()));
  }

  private chosen(): LaptopLeg | null {
    const { laptop } = this.state;
    // No window helps there; what is denied fails at once, and asks nothing.
    if (laptop.is === 'failed' && laptop.code === 'popup_cut_off') return 'direct';
    return laptop.is === 'idle' || laptop.is === 'failed' ? (laptop.choice?.onClick ?? null) : null;
  }

  private async tryQuietly(): Promise<void> {
    const choice = await this.choose();
    if (this.isUnderWay()) return;
    if (choice.silently !== null) await this.connect(choice.silently, false);
    const { laptop } = this.state;
    const refused = laptop.is === 'failed' && laptop.code === 'permission_refused';
    if (this.isUnderWay() || (choice.silently !== null && !refused)) return;
    // A token without a direct way is one that a window brought: it may still be open from before a reload.
    if (this.tokens.get(this.state.laptopUrl) !== null) await this.connect('popup', false);
    if (!this.isUnderWay()) this.set({ laptop: refused ? laptop : { is: 'idle', choice } });
  }

  private async connect(leg: LaptopLeg, clicked: boolean): Promise<void> {
    this.dropLaptop();
    const attempt = (this.attempt = new AbortController());
    const url = this.state.laptopUrl;
    this.set({
      laptop: { is: 'trying', leg, mayAsk: clicked && leg === 'direct' },
      legs: { ...this.state.legs, laptop: leg },
    });
    try {
      // The window is opened before anything is awaited: afterwards it would no longer count as the click's.
      const how = clicked ? 'open' : 'adopt';
      const opening =
        leg === 'popup' ? this.laptops.popup(url, this.offer.label, this.popupClosed(attempt), how) : null;
      const laptop = this.watched(opening ? await opening : this.laptops.direct(url));
      if (attempt.signal.aborted) {
        laptop.close();
        return;
      }
      this.laptop = laptop;
      const { token, project } =
        (await this.known(laptop, attempt.signal)) ?? (await this.pair(laptop, attempt.signal));
      attempt.signal.throwIfAborted();
      this.token = token;
      this.tokens.set(url, token);
      const { why } = this.choice ?? (await this.choose());
      attempt.signal.throwIfAborted();
      this.set({ laptop: { is: 'ready', leg, why, project, away: false, heardAt: null } });
      this.announce();
    } catch (error) {
      if (!attempt.signal.aborted) await this.failed(error);
    }
  }

  /** The project, if an earlier token still opens the door. */
  private async known(laptop: LaptopTransport, signal: AbortSignal): Promise<Paired | null> {
    const hello = await laptop.call({ method: 'GET', path: '/v1/hello', token: null, body: null }, signal);
    const theirs = serverHello(jsonOf(hello));
    if (theirs === null) throw new LaptopError('laptop_unreachable', 'another program answers there');
    if (theirs.protocol !== PROTOCOL_VERSION) {
      throw new PairingError('protocol_mismatch', protocolMismatch(theirs.protocol, PROTOCOL_VERSION));
    }
    const token = this.tokens.get(this.state.laptopUrl);
    if (token === null) return null;
    const answer = await laptop.call({ method: 'GET', path: '/v1/project', token, body: null }, signal);
    const project = jsonOf(answer);
    if (answer.status === 200 && isObject(project)) return { token, project };
    if (answer.status !== 401) throw errorOf(project, answer.status);
    this.tokens.set(this.state.laptopUrl, null);
    return null;
  }

  private pair(laptop: LaptopTransport, signal: AbortSignal): Promise<Paired> {
    const show = (code: string): void => {
      this.set({ laptop: { is: 'pairing', leg: laptop.leg, code } });
    };
    return pair(laptop, this.origin, this.offer.label, show, signal);
  }

  /** Tells the kernel that requests may come, once both legs stand. */
  private announce(): void {
    const { kernel, laptop, laptopUrl, legs, paused } = this.state;
    this.stopRelay();
    if (kernel.is !== 'open' || laptop.is !== 'ready' || this.laptop === null || this.token === null || paused) return;
    this.relay = new Relay(
      this.laptop,
      this.token,
      (message, bytes) => {
        this.link.send(message, bytes);
      },
      {
        unpaired: (code) => {
          this.tokens.set(laptopUrl, null);
          void this.failed(new PairingError(code, 'the token is gone'));
        },
        outcome: (error) => {
          this.outcome(error);
        },
      },
      partBytes(this.link.leg),
    );
    this.link.send(toKernel.ready(laptop.project, laptopUrl, legs, laptop.why));
  }

  private outcome(error: LaptopError | null): void {
    const { laptop } = this.state;
    if (laptop.is !== 'ready') return;
    if (error !== null && error.code !== 'laptop_unreachable') void this.failed(error);
    else if (laptop.away !== (error !== null)) {
      this.set({ laptop: { ...laptop, away: error !== null, heardAt: this.laptop?.heardAt ?? null } });
    }
  }

  /** As soon as a laptop that was silent is heard again, the kernel need not wait to ask it. */
  private watched(laptop: LaptopTransport): WatchedLaptop {
    const onBack = (): void => {
      if (this.relay !== null && this.laptop === watched) this.announce();
    };
    const watched = new WatchedLaptop(laptop, { isSeen: () => this.laptops.isSeen(), onBack });
    return watched;
  }

  private popupClosed(attempt: AbortController): (error: LaptopError) => void {
    return (error) => {
      if (!attempt.signal.aborted) void this.failed(error);
    };
  }

  private async failed(error: unknown): Promise<void> {
    this.fail(error);
    const choice = await this.choose();
    if (this.state.laptop.is === 'failed') this.set({ laptop: { ...this.state.laptop, choice } });
  }

  private fail(error: unknown): void {
    if (error instanceof LaptopError) this.relay?.lose(error);
    this.dropLaptop();
    const known = error instanceof LaptopError || error instanceof PairingError;
    const laptop: LaptopState = {
      is: 'failed',
      code: known ? error.code : 'internal',
      message: error instanceof Error ? error.message : String(error),
      remedy: error instanceof PairingError ? error.remedy : null,
      choice: null,
    };
    this.set({ laptop });
  }

  private moveTo(laptopUrl: string): void {
    this.dropLaptop();
    this.set({ laptopUrl, laptop: { is: 'idle', choice: null } });
  }

  private dropLaptop(): void {
    this.attempt.abort();
    this.stopRelay();
    this.laptop?.close();
    this.laptop = null;
    this.token = null;
  }

  private stopRelay(): void {
    this.relay?.stop();
    this.relay = null;
  }

  private set(change: Partial<SessionState>): void {
    Object.assign(this.state, change);
    this.changed(this.state);
  }
}

function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
