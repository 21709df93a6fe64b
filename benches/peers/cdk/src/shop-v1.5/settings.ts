/** What differs from shop to shop. */
export interface Settings {
  readonly name: string;
  readonly region: string;
  readonly domain: string;
  readonly alarmEmail?: string;
  readonly cidr: string;
  readonly instances: { readonly web: string; readonly was: string; readonly database: string };
  readonly slack: { readonly workspace: string; readonly channel: string };
  readonly accessLogDays: number;
  readonly dataYears: number;
  readonly quickSightUser: string;
}

export const settings: Settings = {
  name: "Shop",
  region: "ap-northeast-1",
  domain: "shop.example.com",
  cidr: "10.0.0.0/16",
  instances: { web: "t4g.small", was: "t4g.medium", database: "t4g.medium" },
  slack: { workspace: "T00000000", channel: "C00000000" },
  accessLogDays: 90,
  dataYears: 5,
  quickSightUser: "admin",
};
