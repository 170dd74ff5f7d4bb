import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import type { ActProps } from './offered';

export interface LifeDialogProps extends ActProps {
  verb: 'activate' | 'deactivate' | 'release';
}

/** Puts a product into service, takes it out, or gives it back to its lists. */
export function LifeDialog({ data: { product }, verb, onClose, onDone }: LifeDialogProps) {
  const { client, t } = usePages();
  const label = product.productLabel;
  const act = async (reason: string) => {
    const body = { domainId: product.domainId, productId: product.productId, reason };
    if (verb === 'activate') await answerOf(client.POST('/products/activate', { body }));
    else if (verb === 'deactivate') await answerOf(client.POST('/products/deactivate', { body }));
    else await answerOf(client.POST('/products/release', { body }));
    onDone(t(`product.done.${verb}`, { label }));
  };
  return (
    <ActDialog
      title={t(`product.ask.${verb}`, { label })}
      confirm={t(`product.do.${verb}`)}
      isOpen
      onClose={onClose}
      onConfirm={act}
    >
      <p>{t(`product.will.${verb}`)}</p>
      {verb !== 'release' && <p className="fa-quiet">{t('product.will.hold')}</p>}
    </ActDialog>
  );
}
