/** Where one is in a list of several pages, and where one can go. */
export interface Paging {
  readonly page: number;
  readonly pages: number;
  readonly newerLink: string | undefined;
  readonly olderLink: string | undefined;
}

/** The neighbours of a page, from 1; beyond the last page there is none but the last. */
export function pagingOf(
  asked: number,
  total: number,
  perPage: number,
  linkTo: (page: number) => string,
): Paging {
  const pages = pagesOf(total, perPage);
  const page = Math.min(asked, pages);
  return {
    page,
    pages,
    newerLink: page > 1 ? linkTo(page - 1) : undefined,
    olderLink: page < pages ? linkTo(page + 1) : undefined,
  };
}

/** How many pages a list has; an empty one has one too. */
export function pagesOf(total: number, perPage: number): number {
  return Math.max(1, Math.ceil(total / perPage));
}
